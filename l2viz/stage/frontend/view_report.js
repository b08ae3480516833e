// Tells Python where the viewer is, and Python writes it into the address.

import { Debounce } from "./debounce.js";

/** @import { Following } from "./following.js" */
/** @import { View } from "./types" */

/**
 * send: sends a value to Python.
 * view: where the viewer is.
 * playing: whether the playhead moves.
 * ended: the id of the run, once its end is known here.
 * covered: whether the results are covered.
 * place: counts the views to which Python has moved the viewer.
 *
 * @typedef {object} Reported
 * @property {(name: string, value: unknown) => void} send
 * @property {() => View} view
 * @property {() => boolean} playing
 * @property {() => string | null} ended
 * @property {() => boolean} covered
 * @property {() => number | null} place
 */

export class ViewReport {
  /**
   * @param {Following} following
   * @param {Reported} reported
   */
  constructor(following, reported) {
    this.following = following;
    this.reported = reported;
    this.toldPlaying = false; // whether those who follow know that the playhead moves
    this.debounce = new Debounce(() => this.report());
  }

  /** Report soon: several requests within a moment are one report. */
  request() {
    this.debounce.request();
  }

  /** Report now; not while it plays, unless somebody follows. */
  report() {
    if (this.following.attends) return; // the address says whom it follows
    const { send, view, playing, ended, covered, place } = this.reported;
    const plays = playing();
    if (plays) this.request();
    if (plays && (this.toldPlaying || !this.following.teaches)) return;
    this.toldPlaying = plays;
    const said = { place: place(), ended: ended(), playing: plays, covered: covered() };
    send("view", { ...view(), ...said });
  }

  remove() {
    this.debounce.remove();
  }
}
