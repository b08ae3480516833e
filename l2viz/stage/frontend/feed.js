// Reads a run by short requests: each asks for what there is from an epoch on, and closes.

import { decode } from "./wire.js";

const PAUSE = 40; // milliseconds between two requests while a run trains
const PAUSE_IN_QUEUE = 250;
const PAUSE_AFTER_FAILURE = 700;

export class Feed {
  /**
   * `charts`: names of those to be told whole; without any it is the run's usual ones.
   * `onAnswer(header, frames)` for each answer; `onLost(message)` while nobody answers.
   */
  constructor(address, charts, onAnswer, onLost) {
    this.address = `${address}?charts=${charts.map(encodeURIComponent).join(",")}`;
    this.onAnswer = onAnswer;
    this.onLost = onLost;
    this.received = 0;
    this.closed = false;
    this.read();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }

  async read() {
    let pause = PAUSE;
    try {
      const response = await fetch(`${this.address}&from=${this.received}`);
      if (this.closed) return;
      if (response.status === 404) {
        this.onLost("This run is no longer kept. Press Train to train it again.", true);
        return;
      }
      if (!response.ok) throw new Error(`answer ${response.status}`);
      const { header, frames } = decode(await response.arrayBuffer());
      if (this.closed) return;
      this.received += frames.length;
      this.onAnswer(header, frames);
      if (header.ended) return;
      if (header.state === "queued") pause = PAUSE_IN_QUEUE;
    } catch (problem) {
      if (this.closed) return;
      console.warn("l2viz: reading the run failed, trying again:", problem);
      this.onLost("The server does not answer; trying again. What was received stays.", false);
      pause = PAUSE_AFTER_FAILURE;
    }
    this.timer = setTimeout(() => this.read(), pause);
  }
}
