// Reads a run by short requests: each gets what is there from an epoch on, and closes.

import { decode } from "./wire.js";

/** @import { Frame, Header } from "./types" */

const PAUSE_AFTER_FAILURE = 700; // milliseconds
const MISSES = 8; // answers in a row that there is no such run, until it is taken as gone

export class RunPoller {
  /**
   * Start reading, until the run has ended or `close` is called.
   *
   * @param {string} address of the run
   * @param {string[]} charts names of those to be sent with their data; none: the usual ones
   * @param {(header: Header, frames: Frame[]) => void} onAnswer
   * @param {(message: string, forGood: boolean) => void} onLost called while nobody answers
   */
  constructor(address, charts, onAnswer, onLost) {
    this.address = `${address}?charts=${charts.map(encodeURIComponent).join(",")}`;
    this.onAnswer = onAnswer;
    this.onLost = onLost;
    this.received = 0; // frames
    this.missed = 0; // times in a row
    this.closed = false;
    /** @type {number | undefined} */
    this.timer = undefined;
    this.read();
  }

  close() {
    this.closed = true;
    window.clearTimeout(this.timer);
  }

  async read() {
    let pause = PAUSE_AFTER_FAILURE;
    try {
      const response = await fetch(`${this.address}&from=${this.received}`);
      if (this.closed) return;
      // One miss may be a server that has just started, or another one behind a balancer.
      this.missed = response.status === 404 ? this.missed + 1 : 0;
      if (this.missed === MISSES) {
        this.onLost("This run is no longer kept. Press Train to train it again.", true);
        return;
      }
      if (!response.ok) throw new Error(`answer ${response.status}`);
      const { header, frames } = decode(await response.arrayBuffer());
      if (this.closed) return;
      this.received += frames.length;
      this.onAnswer(header, frames);
      if (header.ended) return;
      pause = 1000 * header.pause;
    } catch (problem) {
      if (this.closed) return;
      console.warn("l2viz: reading the run failed, trying again:", problem);
      this.onLost("The server does not answer; trying again. What was received stays.", false);
    }
    this.timer = window.setTimeout(() => this.read(), pause);
  }
}
