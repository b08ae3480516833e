// A chart drawn by Plotly.

import { resolve, resolvedKey } from "./bindings.js";
import { Panel, coloured } from "./panel.js";

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
  }

  /** Draws the whole figure: once, and again for another theme, range or size. */
  async draw(run, position, colours) {
    this.drawHeading(colours);
    const traces = coloured(this.chart.traces, colours);
    const absent = new Set(); // what is bound to a strength that is not pinned costs nothing
    this.chart.bindings.forEach((binding, i) => {
      this.shown[i] = resolvedKey(binding, run, position);
      const values = resolve(binding, run, position);
      if (values === null) absent.add(binding.trace);
      else traces[binding.trace][binding.attribute] = values;
    });
    this.drawn = traces.map((_, trace) => trace).filter((trace) => !absent.has(trace));
    const layout = coloured(this.chart.layout, colours);
    layout.width = this.plot.clientWidth;
    layout.height = this.plot.clientHeight;
    await this.plotly.react(
      this.plot,
      this.drawn.map((trace) => traces[trace]),
      layout,
      PLOT_SETTINGS,
    );
  }

  /** Moves to another position, touching only the traces whose values are others there. */
  async move(run, position) {
    const changes = new Map();
    this.chart.bindings.forEach((binding, i) => {
      const key = resolvedKey(binding, run, position);
      if (key === this.shown[i] || !this.drawn.includes(binding.trace)) return;
      this.shown[i] = key;
      const change = changes.get(binding.trace) ?? {};
      change[binding.attribute] = resolve(binding, run, position);
      changes.set(binding.trace, change);
    });
    if (!changes.size) return;
    // Plotly's animate empties a subplot none of whose traces takes part.
    if (this.hasSubplots)
      for (const trace of this.drawn) if (!changes.has(trace)) changes.set(trace, {});
    const traces = [...changes.keys()].map((trace) => this.drawn.indexOf(trace));
    await this.plotly.animate(this.plot, { data: [...changes.values()], traces }, AT_ONCE);
  }

  remove() {
    this.plotly.purge(this.plot);
    super.remove();
  }
}
