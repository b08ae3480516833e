// Moves the playhead in time: at every frame of the screen, or at once after a slow drawing.

/** @import { ChartRenderer } from "./chart_renderer.js" */
/** @import { Status } from "./status.js" */
/** @import { ViewState } from "./view_state.js" */

const LONGEST_STEP = 0.25; // seconds: a tab that was in the background does not jump ahead
const SCREEN_FRAME = 1000 / 60; // milliseconds

export class Playback {
  /**
   * @param {ViewState} viewState
   * @param {Status} status
   * @param {ChartRenderer} renderer
   * @param {() => void} onPause called when the playhead has reached the end
   */
  constructor(viewState, status, renderer, onPause) {
    this.viewState = viewState;
    this.status = status;
    this.renderer = renderer;
    this.onPause = onPause;
    this.lastTick = performance.now();
    const onFrame = () => {
      this.request = requestAnimationFrame(onFrame);
      this.advance();
    };
    this.request = requestAnimationFrame(onFrame);
  }

  /** Move the playhead by the time that has passed. */
  advance() {
    const now = performance.now();
    const passed = Math.min((now - this.lastTick) / 1000, LONGEST_STEP);
    this.lastTick = now;
    const { playhead, shown, last } = this.viewState;
    if (!shown || !playhead.playing || this.renderer.drawing) return;
    const { epoch } = playhead;
    playhead.advance(passed, last, this.status.grows);
    if (playhead.epoch !== epoch || !playhead.playing) this.renderer.requestDraw();
    if (!playhead.playing) this.onPause();
  }

  /**
   * Go on at once after a drawing that took longer than a frame of the screen, unless the run
   * still grows: its answers need the time between.
   *
   * @param {number} milliseconds that the drawing took
   */
  afterDrawing(milliseconds) {
    if (milliseconds > SCREEN_FRAME && !this.status.grows) setTimeout(() => this.advance());
  }

  stop() {
    cancelAnimationFrame(this.request);
  }
}
