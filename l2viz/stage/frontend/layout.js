// Which charts stand on the stage, in which order: one for each slot, six at most.

export const MOST = 6;

export class Layout {
  constructor() {
    this.slots = new Map(); // slot -> the run's charts of it, its variants
    this.chosen = null; // [{slot, name}], or null: the first slots of whichever run
    this.capacity = MOST;
  }

  /** The charts of a run. What was chosen stays chosen, also where this run does not have it. */
  offer(charts) {
    this.slots.clear();
    for (const chart of charts)
      this.slots.set(chart.slot, [...(this.slots.get(chart.slot) ?? []), chart]);
  }

  /** Puts charts of these names on the stage; the names that the run does not have. */
  choose(names) {
    const charts = [...this.slots.values()].flat();
    const found = names.map((name) => charts.find((chart) => chart.name === name));
    const first = (chart, i) => chart && found.findIndex((c) => c?.slot === chart.slot) === i;
    this.chosen = found.filter(first).map(({ slot, name }) => ({ slot, name }));
    return names.filter((_, i) => !found[i]);
  }

  reset() {
    this.chosen = null;
  }

  /** What is to be drawn: {slot, charts: the variants, chart: the one shown}, in order. */
  places() {
    return this.all()
      .slice(0, this.capacity)
      .map(({ slot, name }) => {
        const charts = this.slots.get(slot);
        return { slot, charts, chart: charts.find((chart) => chart.name === name) };
      });
  }

  /** Names for an address; null when nothing was chosen, or just what stands there anyway. */
  names() {
    const names = this.all().map(({ name }) => name);
    const usual = this.usual().map(({ name }) => name);
    return names.join() === usual.join() ? null : names;
  }

  /** Puts a slot on the stage or takes it off; one too many takes the last place in sight. */
  toggle(slot) {
    const all = this.all();
    const at = all.findIndex((place) => place.slot === slot);
    const last = Math.min(this.capacity, all.length) - 1;
    if (at < 0) {
      const place = { slot, name: this.slots.get(slot)[0].name };
      if (all.length < this.capacity) all.push(place);
      else all[last] = place;
    } else if (at >= this.capacity) {
      [all[last], all[at]] = [all[at], all[last]];
    } else if (all.length > 1) {
      all.splice(at, 1);
    }
    this.chosen = all;
  }

  /** Shows another variant of a slot that is on the stage. */
  vary(slot, name) {
    this.chosen = this.all().map((place) => (place.slot === slot ? { slot, name } : place));
  }

  all() {
    const chosen = (this.chosen ?? []).filter(({ slot }) => this.slots.has(slot));
    if (!chosen.length) return this.usual();
    return chosen.map(({ slot, name }) => {
      const charts = this.slots.get(slot);
      return { slot, name: (charts.find((chart) => chart.name === name) ?? charts[0]).name };
    });
  }

  usual() {
    return [...this.slots].slice(0, MOST).map(([slot, [{ name }]]) => ({ slot, name }));
  }
}
