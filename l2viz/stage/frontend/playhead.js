// A viewer's position on the epoch axis, and how it moves in time.

/** Recorded epochs per second; `null`: as fast as the charts can be drawn. */
export const PACES = [
  { name: "slow motion", epochsPerSecond: 4 },
  { name: "slow", epochsPerSecond: 12 },
  { name: "normal", epochsPerSecond: 30 },
  { name: "full speed", epochsPerSecond: null },
];

export const FULL_SPEED = PACES.length - 1;

const STEPS_TO_CATCH_UP = 4;

export class Playhead {
  constructor() {
    this.position = 0; // may lie between two recorded epochs
    this.playing = false;
    this.pace = FULL_SPEED;
    this.still = false; // jump to the end of a run instead of showing motion
  }

  /** The recorded epoch at the position. */
  get epoch() {
    return Math.floor(this.position + 1e-9);
  }

  /**
   * Move forward in time.
   *
   * @param {number} seconds
   * @param {number} last the newest epoch
   * @param {boolean} more whether further epochs will come
   */
  advance(seconds, last, more) {
    if (!this.playing || (this.still && more)) return;
    if (this.still) this.position = last;
    const { epochsPerSecond } = PACES[this.pace];
    const step =
      epochsPerSecond === null ? this.fullSpeedStep(last, more) : seconds * epochsPerSecond;
    this.position = Math.min(this.position + step, last);
    if (!more && this.position >= last) this.playing = false;
  }

  /**
   * Return one epoch, or more while new epochs arrive faster than they are shown.
   *
   * @param {number} last
   * @param {boolean} more
   */
  fullSpeedStep(last, more) {
    return more ? Math.max(1, Math.ceil((last - this.position) / STEPS_TO_CATCH_UP)) : 1;
  }

  /**
   * Play on; from the start if the run is at its end.
   *
   * @param {number} last
   * @param {boolean} more
   */
  play(last, more) {
    if (!more && this.epoch >= last) this.position = 0;
    this.playing = true;
    this.still = false;
  }

  pause() {
    this.playing = false;
  }

  /**
   * Stop at an epoch.
   *
   * @param {number} epoch
   * @param {number} last
   */
  goTo(epoch, last) {
    this.playing = false;
    this.position = Math.max(0, Math.min(epoch, last));
  }

  /**
   * Follow a run while it trains.
   *
   * @param {boolean} still wait for its end and jump there
   */
  follow(still) {
    this.position = 0;
    this.playing = true;
    this.still = still;
  }

  /** Play from the first epoch. */
  startOver() {
    this.follow(false);
  }
}
