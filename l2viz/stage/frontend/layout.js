// Which charts stand on the stage, and in which order: one for each slot.

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
    const charts = [...this.slots.values()].flat();
    const found = names.map((name) => charts.find((chart) => chart.name === name));
    this.chosen = found.flatMap((chart, i) => {
      const first = found.findIndex((other) => other?.slot === chart?.slot) === i;
      return chart && first ? [{ slot: chart.slot, name: chart.name }] : [];
    });
    return names.filter((_, i) => !found[i]);
  }

  /** Return to the usual charts. */
  reset() {
    this.chosen = null;
  }

  /**
   * List the places to draw, in order.
   *
   * @returns {Place[]}
   */
  places() {
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
