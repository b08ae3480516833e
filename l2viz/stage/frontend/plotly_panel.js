// A chart drawn by Plotly. Heatmaps among its traces are painted on canvases below the lines, where
// their x0, dx, y0 and dy say.

import { fill, resolve, resolvedKey } from "./bindings.js";
import { ChartPointer, choiceInWords } from "./chart_pointer.js";
import { DrawnPanel } from "./drawn_panel.js";
import { enlarge } from "./enlarge.js";
import { PointEditor } from "./point_editor.js";
import { refill, skipSettings } from "./refill.js";
import { colourTable, isHeatmap, paint } from "./heatmap.js";
import { coloured } from "./theme.js";

/** @import { ColourTable } from "./heatmap.js" */
/** @import { Chart, ClickedPlace, Colours, HeatmapTrace, LoadedChart, PlotElement, Plotly, Point, Position, Rows, Trace } from "./types" */

/** @typedef {{ trace: HeatmapTrace, canvas: HTMLCanvasElement, table: ColourTable }} Picture */

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
   * @param {(place: ClickedPlace) => void} onClick called when the viewer chose a place in the chart
   * @param {(points: Point[]) => void} onPoints called when the viewer changed the training points
   */
  constructor(slot, charts, chart, onVariant, plotly, onClick, onPoints) {
    super(slot, charts, chart, onVariant);
    this.plotly = plotly;
    this.onClick = onClick;
    this.editor = new PointEditor(this.element, this.plot, onPoints);
    /** @type {ChartPointer | null} */
    this.pointer = null; // null: not drawn yet
    this.movesTogether = false;
    /** @type {Map<number, Picture>} */
    this.pictures = new Map(); // by the number of the trace
    /** @type {Colours} */
    this.colours = {};
    /** @type {Set<number>} */
    this.unresolved = new Set(); // bindings without values: their traces are not drawn
    /** @type {number[]} */
    this.drawnTraces = [];
    this.background = document.createElement("div");
    this.background.className = "l2viz-shade";
    /** @type {Promise<void>} */
    this.removed = new Promise((resolve) => {
      this.tellRemoved = resolve;
    });
    this.show(chart);
  }

  /**
   * Wait for Plotly, but not once the panel is removed: it never ends an animation of a plot that
   * was purged, and the stage would wait for it for good.
   *
   * @param {Promise<unknown>} drawn
   */
  async settled(drawn) {
    await Promise.race([drawn, this.removed]);
  }

  /**
   * @param {LoadedChart} chart
   * @override
   */
  show(chart) {
    super.show(chart);
    // Plotly's animate empties a subplot, or a layer of bars, of traces that do not take part.
    this.movesTogether =
      "yaxis2" in chart.layout || chart.traces.some(({ type }) => type === "bar");
    this.editor?.expectAnother(); // not yet made when the constructor shows the first chart
    this.describe(choiceInWords(chart));
    this.pictures.clear(); // made at the next draw
  }

  /**
   * Draw the whole chart: once, and again for another theme, range or size.
   *
   * @param {Position} position
   * @param {Colours} colours
   */
  async draw(position, colours) {
    this.colours = colours;
    const traces = enlarge(coloured(this.chart.traces, colours), this.enlargement);
    const absent = this.fillTraces(traces, position);
    this.pictures = new Map();
    traces.forEach((trace, i) => {
      if (!isHeatmap(trace)) return;
      const canvas = document.createElement("canvas");
      this.pictures.set(i, { trace, canvas, table: colourTable(trace) });
      absent.add(i); // Plotly does not draw it
    });
    this.drawnTraces = [...traces.keys()].filter((trace) => !absent.has(trace));
    const layout = enlarge(coloured(this.chart.layout, colours), this.enlargement);
    layout.width = this.plot.clientWidth;
    layout.height = this.plot.clientHeight;
    layout.font = { ...layout.font, family: getComputedStyle(this.plot).fontFamily };
    const drawn = this.drawnTraces.map((trace) => traces[trace]);
    skipSettings(this.drawnPlot, false);
    await this.settled(this.plotly.react(this.plot, drawn, layout, PLOT_SETTINGS));
    if (!this.plot.isConnected) return;
    this.placePictures();
    this.listen();
    this.editor.show(traces, this.drawnPlot._fullLayout);
  }

  /** Let the viewer choose a strength or an epoch in a chart that has them on its x axis. */
  listen() {
    this.pointer ??= new ChartPointer(this.drawnPlot, this.onClick);
    this.pointer.show(this.chart);
    // A subplot without hover texts, such as the lines at strengths, lies over those that have some.
    const spoken = this.drawnPlot.data.filter(({ hoverinfo }) => hoverinfo !== "skip");
    const subplots = new Set(spoken.map(({ xaxis = "x", yaxis = "y" }) => xaxis + yaxis));
    const drags = /** @type {NodeListOf<SVGElement>} */ (this.plot.querySelectorAll(".nsewdrag"));
    for (const drag of drags)
      if (!subplots.has(drag.dataset.subplot ?? "")) drag.style.pointerEvents = "none";
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

  /** Put the canvases of heatmaps below the plot, cut off where the axes end. */
  placePictures() {
    const pictures = [...this.pictures.values()];
    this.background.replaceChildren(...pictures.map(({ canvas }) => canvas));
    if (!pictures.length) return this.background.remove();
    if (!this.background.isConnected) this.plot.prepend(this.background);
    const { xaxis, yaxis } = this.drawnPlot._fullLayout;
    place(this.background, xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    const across = xaxis._length / (xaxis.range[1] - xaxis.range[0]); // pixels for 1 on the axis
    const up = yaxis._length / (yaxis.range[1] - yaxis.range[0]);
    for (const { trace, canvas, table } of pictures) {
      const { x0 = 0, dx = 1, y0 = 0, dy = 1, z: rows } = trace;
      if (!rows) continue; // nothing is recorded yet
      const top = y0 + dy * (rows.length - 0.5);
      place(
        canvas,
        (x0 - dx / 2 - xaxis.range[0]) * across,
        (yaxis.range[1] - top) * up,
        dx * rows[0].length * across,
        dy * rows.length * up,
      );
      paintFromBelow(canvas, rows, table);
    }
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
    let settled = true; // whether all settings of the chart stay
    for (const [i, binding] of bindings.entries()) {
      const key = resolvedKey(binding, data, position);
      if (key === this.drawnKeys[i]) continue;
      this.drawnKeys[i] = key;
      const values = resolve(binding, data, position);
      if (this.unresolved.has(i) !== (values === null)) return this.draw(position, this.colours);
      const picture = this.pictures.get(binding.trace);
      if (picture) {
        if (values) paintFromBelow(picture.canvas, /** @type {Rows} */ (values), picture.table);
        continue;
      }
      const trace = this.drawnTraces.indexOf(binding.trace);
      if (trace < 0 || values === null) continue;
      settled = refill(this.drawnPlot, trace, binding, values) && settled;
      changed.add(trace);
    }
    if (!changed.size) return;
    const traces = this.movesTogether ? [...this.drawnTraces.keys()] : [...changed];
    skipSettings(this.drawnPlot, settled);
    // Values given as a part of the change would each be searched for the name of an attribute.
    const frame = { data: traces.map(() => ({})), traces };
    await this.settled(this.plotly.animate(this.plot, frame, WITHOUT_TRANSITION));
  }

  /** @override */
  remove() {
    this.editor.remove();
    this.plotly.purge(this.plot);
    this.tellRemoved?.();
    super.remove();
  }

  get drawnPlot() {
    return /** @type {PlotElement} */ (this.plot);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Rows} rows from the lowest y up
 * @param {ColourTable} table
 */
function paintFromBelow(canvas, rows, table) {
  paint(canvas, [...rows].reverse(), table);
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
