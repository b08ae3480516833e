// How far the requested run is, in words.
//
// States: idle (nothing of it is on the stage yet), training, finished, failed. What the charts
// show counts only once it is drawn, so that the charts of one run never stand beside the state of
// another.

import * as format from "./format.js";

/** @import { NoticeKind, Progress, PythonStatus, StatusDisplay } from "./types" */

const PREVIOUS_RUN = "The charts still show the previous run.";

export class Status {
  /** @param {(display: StatusDisplay) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {PythonStatus} */
    this.python = { stale: "", refused: "", others: "", blocked: "", train_label: "Train" };
    /** @type {Progress} */
    this.progress = notBegun(true);
    this.invalid = ""; // a sentence about a field of the sidebar
    this.lost = ""; // a sentence, while the server does not answer
    this.begun = false; // the run has measurements
    this.drawn = false; // and its charts are on the stage
    this.anyDrawn = false; // or those of any run
    this.previous = false; // the charts are of another run
    this.epoch = 0; // the last measured one
    this.changed();
  }

  /**
   * Begin with another run.
   *
   * @param {boolean} ended as far as Python knows
   */
  open(ended) {
    this.progress = notBegun(ended);
    this.lost = "";
    this.begun = false;
    this.drawn = false;
    this.previous = this.anyDrawn;
    this.changed();
  }

  /**
   * Take over what Python says.
   *
   * @param {PythonStatus} python
   */
  receiveFromPython(python) {
    this.python = python;
    this.changed();
  }

  /**
   * Report a field whose text is not valid, which Python does not know; "" if there is none.
   *
   * @param {string} sentence
   */
  refuse(sentence) {
    if (sentence === this.invalid) return;
    this.invalid = sentence;
    this.changed();
  }

  /**
   * Take over an answer of the server.
   *
   * @param {Progress} progress
   * @param {boolean} begun whether the run has any measurements
   * @param {number} epoch the last measured one
   */
  receive(progress, begun, epoch) {
    this.progress = progress;
    this.lost = "";
    this.begun = begun;
    this.epoch = epoch;
    this.changed();
  }

  /**
   * Report that the server does not answer.
   *
   * @param {string} message
   * @param {boolean} forGood
   */
  lose(message, forGood) {
    this.lost = message;
    if (forGood) this.progress = { ...this.progress, state: "failed", ended: true };
    this.changed();
  }

  /** Report that the charts are drawn. */
  drawingEnded() {
    this.anyDrawn = true;
    if (!this.begun || this.drawn) return;
    this.drawn = true;
    this.previous = false;
    this.changed();
  }

  /** Whether the charts are of the requested run, and more of it will come. */
  get grows() {
    return this.begun && !this.progress.ended;
  }

  /** Whether the settings differ from those of the shown run, and can be trained. */
  get waitsForTraining() {
    return this.progress.ended && Boolean(this.python.stale) && !this.blocked;
  }

  get blocked() {
    return this.invalid || this.python.blocked;
  }

  changed() {
    this.onChange(this.display());
  }

  /** @returns {StatusDisplay} */
  display() {
    const { stale, train_label: trainLabel } = this.python;
    const state = this.state();
    return {
      state,
      stale: Boolean(stale) || this.previous,
      notice: this.notice(),
      progress: {
        share: this.progress.share,
        text: state === "training" ? this.trainingText() : "",
      },
      trainLabel,
      trainBlocked: Boolean(this.blocked),
    };
  }

  /** @returns {StatusDisplay["state"]} */
  state() {
    const { state, ended } = this.progress;
    if (!ended) return "training";
    if (this.begun && !this.drawn) return "idle";
    return state === "failed" || state === "idle" ? state : "finished";
  }

  trainingText() {
    const { message, seconds_left: left } = this.progress;
    const time = left === null ? "" : `, ${format.seconds(left)} left`;
    return message || `training: epoch ${this.begun ? this.epoch : 0}${time}`;
  }

  /** Choose the most urgent sentence. */
  notice() {
    const { ended, message, verdict, diverged } = this.progress;
    const { stale, refused, others } = this.python;
    const end = (ended && message) || "";
    /** @type {[NoticeKind, string][]} */
    const notices = [
      ["lost", this.lost],
      ["blocked", this.blocked],
      ["refused", refused],
      ["before", this.previous && !end ? PREVIOUS_RUN : ""],
      ["stale", this.previous ? "" : stale],
      ["ended", end],
      ["others", ended ? "" : others],
    ];
    const result = [diverged, verdict].filter(Boolean).join(" ");
    const [kind, text] = notices.find(([, sentence]) => sentence) ?? ["verdict", result];
    return { kind, text };
  }
}

/**
 * @param {boolean} ended
 * @returns {Progress}
 */
function notBegun(ended) {
  return { state: ended ? "idle" : "training", ended, share: 0, seconds_left: null };
}
