// Which charts stand on the stage, and in which order: one for each slot; or one of them, enlarged.

/** @import { Chart, Place } from "./types" */
/** @typedef {{ slot: string, name: string }} Choice */

export class Layout {
  constructor() {
    /** @type {Map<string, Chart[]>} */
    this.slots = new Map(); // the run's charts by slot: variants of each other
    /** @type {Choice[] | null} */
    this.chosen = null; // null: the usual charts of whichever run
    this.most = 0; // charts at once
    /** @type {number | null} */
    this.limit = null; // fewer than `most`, as long as it is set
    /** @type {string | null} */
    this.large = null; // the slot that has the stage for itself
  }

  /**
   * Take over the charts of a run; what was chosen stays chosen, even if this run lacks it.
   *
   * @param {Chart[]} charts
   * @param {number} most charts at once; so many of the first slots are the usual ones
   */
  offer(charts, most) {
    this.most = most;
    this.slots.clear();
    for (const chart of charts)
      this.slots.set(chart.slot, [...(this.slots.get(chart.slot) ?? []), chart]);
  }

  /**
   * Put charts on the stage by name.
   *
   * @param {string[]} names
   * @returns {string[]} the names that the run does not have
   */
  choose(names) {
    this.large = null;
    const charts = [...this.slots.values()].flat();
    const found = names.map((name) => charts.find((chart) => chart.name === name));
    this.chosen = found.flatMap((chart, i) => {
      const first = found.findIndex((other) => other?.slot === chart?.slot) === i;
      return chart && first ? [{ slot: chart.slot, name: chart.name }] : [];
    });
    return names.filter((_, i) => !found[i]);
  }

  /**
   * Put charts on the stage by name, or the usual ones, and enlarge one of them.
   *
   * @param {string[] | null} names
   * @param {string | null} large
   * @returns {string[]} the names that the run does not have, or of which it cannot enlarge one
   */
  show(names, large) {
    this.reset();
    const unknown = names ? this.choose(names) : [];
    this.large = this.standing().find(({ chart }) => chart.name === large)?.slot ?? null;
    return large !== null && this.large === null ? [...unknown, large] : unknown;
  }

  /** Return to the usual charts. */
  reset() {
    this.chosen = null;
    this.large = null;
  }

  /**
   * List the places to draw, in order: all, or the enlarged one.
   *
   * @returns {Place[]}
   */
  places() {
    const all = this.standing();
    const large = all.filter(({ slot }) => slot === this.large);
    return large.length ? large : all;
  }

  /**
   * List the places on the stage, in order, whether or not one is enlarged.
   *
   * @returns {Place[]}
   */
  standing() {
    return this.choices()
      .slice(0, this.capacity)
      .map(({ slot, name }) => {
        const charts = this.variants(slot);
        return { slot, charts, chart: charts.find((chart) => chart.name === name) ?? charts[0] };
      });
  }

  /**
   * Name the charts for an address; null if they are the usual ones.
   *
   * @returns {string[] | null}
   */
  names() {
    const names = this.choices().map(({ name }) => name);
    const usual = this.usual().map(({ name }) => name);
    return names.join() === usual.join() ? null : names;
  }

  /**
   * Put a slot on the stage or take it off; on a full stage it replaces the last visible one.
   *
   * @param {string} slot
   */
  toggle(slot) {
    this.large = null;
    const choices = this.choices();
    const at = choices.findIndex((choice) => choice.slot === slot);
    const last = Math.min(this.capacity, choices.length) - 1;
    if (at < 0) {
      const choice = { slot, name: this.variants(slot)[0].name };
      if (choices.length < this.capacity) choices.push(choice);
      else choices[last] = choice;
    } else if (at >= this.capacity) {
      [choices[last], choices[at]] = [choices[at], choices[last]];
    } else if (choices.length > 1) {
      choices.splice(at, 1);
    }
    this.chosen = choices;
  }

  /**
   * Give the whole stage to a slot that is on it, or with null to all again.
   *
   * @param {string | null} slot
   */
  enlarge(slot) {
    this.large = slot;
  }

  /** The place of the chart that is enlarged; null if none is. */
  get largePlace() {
    const place = this.standing().findIndex(({ slot }) => slot === this.large);
    return place < 0 ? null : place;
  }

  /** The name of the chart that is enlarged; null if none is. */
  get largeName() {
    const place = this.largePlace;
    return place === null ? null : this.standing()[place].chart.name;
  }

  /**
   * Move a slot that is on the stage to another place of it; the others make room.
   *
   * @param {string} slot
   * @param {number} place 0 for the first
   * @returns {boolean} whether it stands elsewhere now
   */
  move(slot, place) {
    const choices = this.choices();
    const visible = Math.min(this.capacity, choices.length);
    const at = choices.findIndex((choice) => choice.slot === slot);
    if (at < 0 || at >= visible || place < 0 || place >= visible || at === place) return false;
    choices.splice(place, 0, ...choices.splice(at, 1));
    this.chosen = choices;
    return true;
  }

  /**
   * Show another variant in a slot that is on the stage.
   *
   * @param {string} slot
   * @param {string} name
   */
  showVariant(slot, name) {
    this.chosen = this.choices().map((choice) => (choice.slot === slot ? { slot, name } : choice));
  }

  /** The number of charts for which there is room. */
  get capacity() {
    return this.limit ?? this.most;
  }

  /** @returns {Choice[]} */
  choices() {
    const chosen = (this.chosen ?? []).filter(({ slot }) => this.slots.has(slot));
    if (!chosen.length) return this.usual();
    return chosen.map(({ slot, name }) => {
      const charts = this.variants(slot);
      return { slot, name: (charts.find((chart) => chart.name === name) ?? charts[0]).name };
    });
  }

  /** @returns {Choice[]} */
  usual() {
    return [...this.slots].slice(0, this.most).map(([slot, [{ name }]]) => ({ slot, name }));
  }

  /**
   * @param {string} slot
   * @returns {Chart[]}
   */
  variants(slot) {
    return this.slots.get(slot) ?? [];
  }
}
