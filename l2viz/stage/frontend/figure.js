// A chart drawn by Plotly. A heatmap among its traces is painted on a canvas below the lines, over
// the whole of the axes x and y: Plotly takes some 20 ms to repaint one.

import { fill, resolve, resolvedKey } from "./bindings.js";
import { enlarge } from "./enlarge.js";
import { Panel, coloured } from "./panel.js";
import { colourTable, paint } from "./picture.js";

const PLOT_SETTINGS = { displayModeBar: false, responsive: false, showTips: false };
const AT_ONCE = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

export class FigurePanel extends Panel {
  constructor(slot, onChoice, plotly) {
    super(slot, onChoice);
    this.plotly = plotly;
  }

  show(chart) {
    super.show(chart);
    this.hasSubplots = "yaxis2" in chart.layout;
    this.heatmap = chart.traces.findIndex(({ type }) => type === "heatmap");
  }

  /** Draws the whole figure: once, and again for another theme, range or size. */
  async draw(run, position, colours) {
    this.colours = colours;
    this.drawHeading(colours);
    this.showNumbers(run, position); // before the plot is measured: they may take a line
    const traces = enlarge(coloured(this.chart.traces, colours), this.enlargement);
    if (this.heatmap >= 0) this.table = colourTable(traces[this.heatmap]);
    const absent = new Set(); // what is bound to a strength that is not pinned costs nothing
    this.unknown = new Set(); // the bindings for whose sake
    this.chart.bindings.forEach((binding, i) => {
      this.shown[i] = resolvedKey(binding, run, position);
      const values = resolve(binding, run, position);
      if (values === null) {
        absent.add(binding.trace);
        this.unknown.add(i);
      } else fill(traces[binding.trace], binding, values);
    });
    absent.add(this.heatmap);
    this.drawn = traces.map((_, trace) => trace).filter((trace) => !absent.has(trace));
    const layout = enlarge(coloured(this.chart.layout, colours), this.enlargement);
    layout.width = this.plot.clientWidth;
    layout.height = this.plot.clientHeight;
    await this.plotly.react(
      this.plot,
      this.drawn.map((trace) => traces[trace]),
      layout,
      PLOT_SETTINGS,
    );
    this.placeShade(traces[this.heatmap]?.z);
  }

  /** The canvas of a heatmap below the plot, cut off where the axes end. */
  placeShade(rows) {
    if (!rows) {
      this.shade?.remove();
      this.shade = null;
      return;
    }
    if (!this.shade?.isConnected) {
      this.shade = document.createElement("div");
      this.shade.className = "l2viz-shade";
      this.canvas = document.createElement("canvas");
      this.shade.append(this.canvas);
      this.plot.prepend(this.shade);
    }
    const { l, t, w, h } = this.plot._fullLayout._size;
    const [wide, high] = [w / (rows[0].length - 1), h / (rows.length - 1)]; // of a pixel
    place(this.shade, l, t, w, h);
    place(this.canvas, -wide / 2, -high / 2, w + wide, h + high);
    this.paintShade(rows);
  }

  /** Rows go from the lowest y up. */
  paintShade(rows) {
    paint(this.canvas, [...rows].reverse(), this.table);
  }

  /**
   * Moves to another position, touching only the traces whose values are others there. Where one
   * comes or goes, as it is known at some epochs alone, the figure is drawn anew.
   */
  async move(run, position) {
    const changed = new Set();
    for (const [i, binding] of this.chart.bindings.entries()) {
      const key = resolvedKey(binding, run, position);
      if (key === this.shown[i]) continue;
      this.shown[i] = key;
      const values = resolve(binding, run, position);
      if (binding.trace === this.heatmap) {
        this.paintShade(values);
        continue;
      }
      if (this.unknown.has(i) !== (values === null)) return this.draw(run, position, this.colours);
      const trace = this.drawn.indexOf(binding.trace);
      if (trace < 0) continue;
      fill(this.plot.data[trace], binding, values);
      changed.add(trace);
    }
    if (!changed.size) return;
    // Plotly's animate empties a subplot none of whose traces takes part.
    const traces = this.hasSubplots ? [...this.drawn.keys()] : [...changed];
    // Values given as a part of the change would each be searched for the name of an attribute.
    await this.plotly.animate(this.plot, { data: traces.map(() => ({})), traces }, AT_ONCE);
  }

  remove() {
    this.plotly.purge(this.plot);
    super.remove();
  }
}

function place({ style }, left, top, width, height) {
  Object.assign(style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${width}px`,
    height: `${height}px`,
  });
}
