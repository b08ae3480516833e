// Loads the charts of a run: those it opens with by one reader, and each that a viewer puts on the
// stage later by a reader of its own, so that nothing is sent that nobody looks at.

import { RunArrays } from "./bindings.js";

/** @import { Chart, Frame, Header, OpeningHeader } from "./types" */

/**
 * onAnswer: called for each answer to the charts that the run opens with.
 * onChartAnswer: called for each answer to a later chart.
 *
 * @typedef {object} Listener
 * @property {(header: Header, frames: Frame[]) => void} onAnswer
 * @property {(header: Header) => void} onChartAnswer
 * @property {(message: string, forGood: boolean) => void} onLost
 */

/**
 * Starts reading some charts of a run: from the server, or out of the page.
 *
 * @typedef {(charts: string[], onAnswer: (header: Header, frames: Frame[]) => void,
 *   onLost: (message: string, forGood: boolean) => void) => { close(): void }} ReadRun
 */

export class ChartLoader {
  /**
   * Start reading a run.
   *
   * @param {ReadRun} read
   * @param {string[]} names of the charts it opens with
   * @param {Listener} listener
   */
  constructor(read, names, listener) {
    this.read = read;
    this.listener = listener;
    /** @type {Map<string, { close(): void }>} */
    this.readers = new Map(); // of later charts, by name
    this.first = read(names, listener.onAnswer, listener.onLost);
  }

  /**
   * Take over the charts of the first answer.
   *
   * @param {OpeningHeader} header
   * @param {Frame[]} frames
   * @returns {RunArrays} from which they are drawn
   */
  begin(header, frames) {
    this.data = declared(header);
    this.data.frames.push(...frames);
    for (const chart of header.charts) if (chart.traces) chart.data = this.data;
    return this.data;
  }

  /** @param {Frame[]} frames */
  append(frames) {
    this.data?.frames.push(...frames);
  }

  /**
   * Load a chart, unless it is here already or on its way.
   *
   * @param {Chart} chart
   */
  load(chart) {
    if (chart.traces || this.readers.has(chart.name)) return;
    /**
     * @param {Header} header
     * @param {Frame[]} frames
     */
    const onAnswer = (header, frames) => {
      if (header.charts) {
        const loaded = header.charts.find(({ name }) => name === chart.name);
        if (loaded?.traces) Object.assign(chart, loaded, { data: declared(header) });
      }
      chart.data?.frames.push(...frames);
      this.listener.onChartAnswer(header);
    };
    this.readers.set(chart.name, this.read([chart.name], onAnswer, this.listener.onLost));
  }

  close() {
    this.first.close();
    for (const reader of this.readers.values()) reader.close();
  }
}

/**
 * Tell whether a chart has been loaded.
 *
 * @param {Chart} chart
 * @returns {chart is import("./types").LoadedChart}
 */
export function isLoaded(chart) {
  return chart.traces !== undefined && chart.data !== undefined;
}

/** @param {OpeningHeader} header */
function declared({ arrays, still }) {
  const data = new RunArrays();
  data.declare(arrays, still);
  return data;
}
