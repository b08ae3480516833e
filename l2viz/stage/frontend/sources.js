// Where the charts of a run come from: those it opened with by one feed, and each that a viewer puts
// on the stage later by a feed of its own, so that nothing is sent that nobody looks at.

import { RunArrays } from "./bindings.js";
import { Feed } from "./feed.js";

export class Sources {
  /**
   * Starts reading the run at `address`, with the charts of these names.
   * `listener`: received(header, frames) for each answer to these, arrived(header) for each answer
   * to a later chart, lost(message, ended).
   */
  constructor(address, names, listener) {
    this.address = address;
    this.listener = listener;
    this.feeds = new Map(); // the name of a chart asked for later -> its feed
    const { received, lost } = listener;
    this.first = new Feed(address, names, received, lost);
  }

  /** The charts of the first answer, with what they are drawn from. */
  begin(header, frames) {
    this.data = read(header);
    this.data.frames.push(...frames);
    for (const chart of header.charts) if (chart.traces) chart.data = this.data;
  }

  append(frames) {
    this.data.frames.push(...frames);
  }

  /** Asks for a chart, unless it is here already or on its way. */
  want(chart) {
    if (chart.traces || this.feeds.has(chart.name)) return;
    const arrived = (header, frames) => {
      const told = header.charts?.find(({ name }) => name === chart.name);
      if (told?.traces) Object.assign(chart, told, { data: read(header) });
      chart.data?.frames.push(...frames);
      this.listener.arrived(header);
    };
    this.feeds.set(chart.name, new Feed(this.address, [chart.name], arrived, this.listener.lost));
  }

  close() {
    this.first.close();
    for (const feed of this.feeds.values()) feed.close();
  }
}

function read({ arrays, still }) {
  const data = new RunArrays();
  data.declare(arrays, still);
  return data;
}
