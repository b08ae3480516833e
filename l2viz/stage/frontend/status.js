// How far the run is that was asked for, in the root's data-state and data-stale and in words.
//
// States: idle (nothing of it is on the stage yet), training, finished, failed. What the charts
// show counts only once it is painted, so that no moment mixes one run's charts with another's
// state.

import * as format from "./format.js";

const STATES = { queued: "training", training: "training", stopped: "finished" };
const BEFORE = "The charts still show the run before.";

export class Status {
  constructor(root, controls) {
    this.root = root;
    this.controls = controls;
    this.python = { stale: "", others: "", blocked: "", train_label: "Train" };
    this.anyPainted = false;
    this.open(true);
  }

  /** Another run is asked for; `ended` as far as Python knew. */
  open(ended) {
    this.progress = { state: ended ? "idle" : "training", ended, share: 0, seconds_left: null };
    this.lost = "";
    this.begun = false;
    this.painted = false;
    this.before = this.anyPainted; // charts of another run are on the stage
    this.show();
  }

  /** What Python says: stale, others and blocked are sentences or empty. */
  tell(python) {
    this.python = python;
    this.show();
  }

  /** An answer of the server; `epoch` is the last measured one. */
  receive(progress, begun, epoch) {
    this.progress = progress;
    this.lost = "";
    this.begun = begun;
    this.epoch = epoch;
    this.show();
  }

  /** Nobody answers; `ended`: for good. */
  lose(message, ended) {
    this.lost = message;
    if (ended) this.progress = { ...this.progress, state: "failed", ended: true };
    this.show();
  }

  /** The charts are painted, and those of the run if it has begun. */
  paint() {
    this.anyPainted = true;
    if (!this.begun || this.painted) return;
    this.painted = true;
    this.before = false;
    this.show();
  }

  /** Whether the charts are of the run that was asked for, and more of it will come. */
  get grows() {
    return this.begun && !this.progress.ended;
  }

  /** Whether the settings are others than those of the run shown, and can be trained. */
  get waitsForTraining() {
    return this.progress.ended && Boolean(this.python.stale) && !this.python.blocked;
  }

  show() {
    this.showState();
    this.showProgress();
    this.showNotice();
    const { stale, blocked, train_label } = this.python;
    this.root.dataset.stale = Boolean(stale) || this.before;
    this.controls.trainButton.textContent = train_label;
    this.controls.trainButton.disabled = Boolean(blocked);
  }

  showState() {
    const state = STATES[this.progress.state] ?? this.progress.state;
    const awaited = this.begun && !this.painted && state !== "training";
    this.root.dataset.state = awaited ? "idle" : state;
  }

  showProgress() {
    const { message, share, seconds_left: left } = this.progress;
    const training = this.root.dataset.state === "training";
    const time = left === null ? "" : `, ${format.seconds(left)} left`;
    const text = message || `training: epoch ${this.begun ? this.epoch : 0}${time}`;
    this.controls.showProgress(training, share, training ? text : "");
  }

  showNotice() {
    const { ended, message, verdict } = this.progress;
    const { stale, others, blocked } = this.python;
    const end = ended ? message : "";
    const notices = {
      lost: this.lost,
      blocked,
      before: this.before && !end ? BEFORE : "",
      stale: this.before ? "" : stale,
      ended: end,
      others: ended ? "" : others,
      verdict,
    };
    const kind = Object.keys(notices).find((name) => notices[name]) ?? "verdict";
    this.controls.showNotice(notices[kind] ?? "", kind);
  }
}
