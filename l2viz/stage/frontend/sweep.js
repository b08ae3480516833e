// Moves the chosen strength from 0 to where a scene's answer is, one strength after the other.

const PAUSE = 110; // milliseconds at each strength

export class Sweep {
  /** @param {(member: number) => void} onStep */
  constructor(onStep) {
    this.onStep = onStep;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {number} to the last member
   * @param {boolean} still go there at once
   */
  start(to, still) {
    this.stop();
    let member = still ? to : 0;
    const step = () => {
      this.onStep(member);
      member += 1;
      this.timer = member > to ? undefined : window.setTimeout(step, PAUSE);
    };
    step();
  }

  stop() {
    window.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
