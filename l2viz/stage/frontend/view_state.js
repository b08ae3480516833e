// Where a viewer is in a run: the chosen and the pinned strengths, the epoch, the charts.

import * as format from "./format.js";
import { Layout } from "./layout.js";
import { nearestIndex } from "./nearest.js";
import { Playhead } from "./playhead.js";

/** @import { RunArrays } from "./bindings.js" */
/** @import { OpeningHeader, Pins, Position, ReadoutRow, View } from "./types" */

/** @typedef {{ header: OpeningHeader, data: RunArrays }} ShownRun */

export class ViewState {
  constructor() {
    this.strength = 0; // position on the strength axis
    /** @type {Pins} */
    this.pins = { a: null, b: null };
    this.playhead = new Playhead();
    this.layout = new Layout();
    /** @type {ShownRun | null} */
    this.shown = null; // null: no run has begun
  }

  /** The run that is shown; only for callers that know that one is. */
  get run() {
    if (!this.shown) throw new Error("l2viz: no run is shown yet");
    return this.shown;
  }

  /** The newest epoch there is, as a position on the epoch axis; -1: none. */
  get last() {
    return (this.shown?.data.epochCount ?? 0) - 1;
  }

  /**
   * Show another run.
   *
   * @param {OpeningHeader} header
   * @param {RunArrays} data
   */
  open(header, data) {
    this.shown = { header, data };
    this.layout.offer(header.charts, header.most_charts);
  }

  /**
   * Move to a view of the shown run; its epoch counts only once the run has ended.
   *
   * @param {View} view
   * @param {boolean} ended
   * @param {boolean} still whether a run that trains is followed without motion
   */
  goTo(view, ended, still) {
    const { header } = this.run;
    this.strength = this.nearest(view.strength) ?? 0;
    this.pins = { a: this.nearest(view.a), b: this.nearest(view.b) };
    const epoch = view.epoch === null ? -1 : header.recorded_epochs.indexOf(view.epoch);
    if (ended) this.playhead.goTo(epoch >= 0 ? epoch : this.last, this.last);
    else this.playhead.follow(still);
  }

  /** @param {number} member */
  setStrength(member) {
    this.strength = Math.max(0, Math.min(member, this.run.header.strengths.length - 1));
  }

  /**
   * Pin the chosen strength, or unpin what is pinned.
   *
   * @param {keyof Pins} name
   */
  togglePin(name) {
    this.pins[name] = this.pins[name] === null ? this.strength : null;
  }

  unpin() {
    this.pins = { a: null, b: null };
  }

  /** The member that is best on validation data, at this epoch. */
  get best() {
    return this.run.data.number("best_strength", this.position().epoch);
  }

  /** @returns {Position} */
  position() {
    const epoch = Math.min(this.playhead.epoch, this.last);
    return { strength: this.strength, epoch, ...this.pins };
  }

  /**
   * Describe where the viewer is, in words that hold for any run.
   *
   * @param {boolean} presenter
   * @returns {View}
   */
  view(presenter) {
    const { strengths, recorded_epochs: epochs } = this.run.header;
    /** @param {number | null} member */
    const lambda = (member) => (member === null ? null : strengths[member]);
    const atEnd = this.playhead.epoch >= epochs.length - 1;
    return {
      strength: strengths[this.strength],
      epoch: atEnd ? null : epochs[this.position().epoch],
      a: lambda(this.pins.a),
      b: lambda(this.pins.b),
      charts: this.layout.names(),
      large: this.layout.largeName,
      presenter,
    };
  }

  /**
   * Return the numbers beside the charts: a row for the chosen strength and for each pin.
   *
   * @param {Position} position
   * @returns {ReadoutRow[]}
   */
  readoutRows({ strength, epoch, a, b }) {
    const { header, data } = this.run;
    /**
     * @param {string} prefix
     * @param {number} member
     */
    const row = (prefix, member) => ({
      name: `${prefix}${header.strength_texts[member]}`,
      values: header.readouts.map(({ array, form }) =>
        format.readout(data.number(array, epoch, member), form),
      ),
    });
    const rows = [row("", strength)];
    if (a !== null) rows.push(row("A: ", a));
    if (b !== null) rows.push(row("B: ", b));
    return rows;
  }

  /**
   * Return the member of the path nearest to a strength.
   *
   * @param {number | null} strength
   */
  nearest(strength) {
    if (strength === null) return null;
    return nearestIndex(this.run.header.strengths, (member) => Math.abs(member - strength));
  }
}
