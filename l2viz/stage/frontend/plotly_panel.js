// A chart drawn by Plotly. A heatmap among its traces is painted on a canvas below the lines, over
// the whole of the axes x and y.

import { fill, resolve, resolvedKey } from "./bindings.js";
import { DrawnPanel } from "./drawn_panel.js";
import { enlarge } from "./enlarge.js";
import { colourTable, isHeatmap, paint } from "./heatmap.js";
import { coloured } from "./theme.js";

/** @import { ColourTable } from "./heatmap.js" */
/** @import { Chart, Colours, LoadedChart, PlotElement, Plotly, Position, Rows, Trace } from "./types" */

const PLOT_SETTINGS = { displayModeBar: false, responsive: false, showTips: false };
const WITHOUT_TRANSITION = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

export class PlotlyPanel extends DrawnPanel {
  /**
   * @param {string} slot
   * @param {Chart[]} charts
   * @param {LoadedChart} chart
   * @param {(name: string) => void} onVariant
   * @param {Plotly} plotly
   */
  constructor(slot, charts, chart, onVariant, plotly) {
    super(slot, charts, chart, onVariant);
    this.plotly = plotly;
    this.hasSubplots = false;
    this.heatmap = -1; // number of the trace; -1: there is none
    /** @type {ColourTable | null} */
    this.colourTable = null;
    /** @type {Colours} */
    this.colours = {};
    /** @type {Set<number>} */
    this.unresolved = new Set(); // bindings without values: their traces are not drawn
    /** @type {number[]} */
    this.drawnTraces = [];
    this.background = document.createElement("div");
    this.background.className = "l2viz-shade";
    this.canvas = document.createElement("canvas");
    this.background.append(this.canvas);
    this.show(chart);
  }

  /**
   * @param {LoadedChart} chart
   * @override
   */
  show(chart) {
    super.show(chart);
    this.hasSubplots = "yaxis2" in chart.layout;
    this.heatmap = chart.traces.findIndex(isHeatmap);
  }

  /**
   * Draw the whole chart: once, and again for another theme, range or size.
   *
   * @param {Position} position
   * @param {Colours} colours
   */
  async draw(position, colours) {
    this.colours = colours;
    this.drawHeading(colours);
    this.showNumbers(position); // before the plot is measured: they may take a line
    const traces = enlarge(coloured(this.chart.traces, colours), this.enlargement);
    const heatmap = traces.find(isHeatmap);
    this.colourTable = heatmap ? colourTable(heatmap) : null;
    const absent = this.fillTraces(traces, position);
    absent.add(this.heatmap); // it is painted on the canvas
    this.drawnTraces = [...traces.keys()].filter((trace) => !absent.has(trace));
    const layout = enlarge(coloured(this.chart.layout, colours), this.enlargement);
    layout.width = this.plot.clientWidth;
    layout.height = this.plot.clientHeight;
    await this.plotly.react(
      this.plot,
      this.drawnTraces.map((trace) => traces[trace]),
      layout,
      PLOT_SETTINGS,
    );
    if (heatmap?.z) this.placeBackground(heatmap.z);
    else this.background.remove();
  }

  /**
   * Fill traces with their values; return those without: their strength is not pinned, or nothing
   * is recorded yet.
   *
   * @param {Trace[]} traces
   * @param {Position} position
   */
  fillTraces(traces, position) {
    const { bindings, data } = this.chart;
    const absent = new Set();
    this.unresolved = new Set();
    bindings.forEach((binding, i) => {
      this.drawnKeys[i] = resolvedKey(binding, data, position);
      const values = resolve(binding, data, position);
      if (values === null) {
        absent.add(binding.trace);
        this.unresolved.add(i);
      } else fill(traces[binding.trace], binding, values);
    });
    return absent;
  }

  /**
   * Put the canvas of a heatmap below the plot, cut off where the axes end.
   *
   * @param {Rows} rows
   */
  placeBackground(rows) {
    if (!this.background.isConnected) this.plot.prepend(this.background);
    const { l, t, w, h } = this.drawnPlot._fullLayout._size;
    const [wide, high] = [w / (rows[0].length - 1), h / (rows.length - 1)]; // of a pixel
    place(this.background, l, t, w, h);
    place(this.canvas, -wide / 2, -high / 2, w + wide, h + high);
    this.paintBackground(rows);
  }

  /** @param {Rows} rows from the lowest y up */
  paintBackground(rows) {
    if (this.colourTable) paint(this.canvas, [...rows].reverse(), this.colourTable);
  }

  /**
   * Move to another position, touching only the traces whose values differ there.
   *
   * Where a trace appears or disappears, because it has values at some epochs only, the whole
   * chart is redrawn.
   *
   * @param {Position} position
   */
  async move(position) {
    const { bindings, data } = this.chart;
    /** @type {Set<number>} */
    const changed = new Set();
    for (const [i, binding] of bindings.entries()) {
      const key = resolvedKey(binding, data, position);
      if (key === this.drawnKeys[i]) continue;
      this.drawnKeys[i] = key;
      const values = resolve(binding, data, position);
      if (binding.trace === this.heatmap) {
        this.paintBackground(/** @type {Rows} */ (values));
        continue;
      }
      if (this.unresolved.has(i) !== (values === null)) return this.draw(position, this.colours);
      const trace = this.drawnTraces.indexOf(binding.trace);
      if (trace < 0 || values === null) continue;
      fill(this.drawnPlot.data[trace], binding, values);
      changed.add(trace);
    }
    if (!changed.size) return;
    // Plotly's animate empties a subplot none of whose traces takes part.
    const traces = this.hasSubplots ? [...this.drawnTraces.keys()] : [...changed];
    // Values given as a part of the change would each be searched for the name of an attribute.
    const frame = { data: traces.map(() => ({})), traces };
    await this.plotly.animate(this.plot, frame, WITHOUT_TRANSITION);
  }

  /** @override */
  remove() {
    this.plotly.purge(this.plot);
    super.remove();
  }

  get drawnPlot() {
    return /** @type {PlotElement} */ (this.plot);
  }
}

/**
 * @param {HTMLElement} element
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 */
function place({ style }, left, top, width, height) {
  Object.assign(style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${width}px`,
    height: `${height}px`,
  });
}
