// One chart on the stage: its heading, its key, and a Plotly figure that follows the position.

import { resolve, resolvedKey } from "./bindings.js";

const PLOT_SETTINGS = { displayModeBar: false, responsive: false, showTips: false };
const AT_ONCE = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

export class Panel {
  /** `onChoice`: called when the viewer chose another variant, to have it drawn. */
  constructor(slot, plotly, onChoice) {
    this.slot = slot;
    this.plotly = plotly;
    this.onChoice = onChoice;
    this.element = document.createElement("section");
    this.element.className = "l2viz-panel";
    this.heading = document.createElement("div");
    this.heading.className = "l2viz-heading";
    this.plot = document.createElement("div");
    this.plot.className = "l2viz-plot";
    this.plot.setAttribute("role", "img");
    this.element.append(this.heading, this.plot);
  }

  /** The charts that may stand here; the one shown before stays if it is among them. */
  offer(charts) {
    this.charts = charts;
    this.show(charts.find((chart) => chart.name === this.chart?.name) ?? charts[0]);
  }

  show(chart) {
    this.chart = chart;
    this.shown = chart.bindings.map(() => null); // resolved keys, to redraw only what changed
    this.moves = chart.traces.every((trace) => trace.type === "scatter");
    this.hasSubplots = "yaxis2" in chart.layout;
    this.element.dataset.chart = chart.name;
    this.plot.setAttribute("aria-label", `${chart.title}. ${chart.about}`);
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
    if (this.moves) {
      await this.plotly.animate(this.plot, { data: [...changes.values()], traces }, AT_ONCE);
    } else {
      const pictures = [...changes.values()].map((change) => change.z);
      await this.plotly.restyle(this.plot, { z: pictures }, traces);
    }
  }

  remove() {
    this.plotly.purge(this.plot);
    this.element.remove();
  }

  drawHeading(colours) {
    const title = document.createElement("h3");
    title.textContent = this.chart.title;
    title.title = this.chart.about;
    const key = document.createElement("div");
    key.className = "l2viz-key";
    for (const trace of this.chart.traces) {
      if (trace.showlegend) key.append(keyEntry(coloured(trace, colours)));
    }
    this.heading.replaceChildren(title, ...(this.charts.length > 1 ? [this.choice()] : []), key);
  }

  choice() {
    const select = document.createElement("select");
    select.setAttribute("aria-label", `${this.chart.title}: layer`);
    for (const chart of this.charts) select.append(new Option(chart.variant, chart.name));
    select.value = this.chart.name;
    select.onchange = () => {
      this.show(this.charts.find((chart) => chart.name === select.value));
      this.onChoice();
    };
    return select;
  }
}

function keyEntry(trace) {
  const entry = document.createElement("span");
  const swatch = document.createElement("i");
  if (trace.mode === "markers") {
    swatch.className = "l2viz-dot";
    swatch.style.background = trace.marker.color;
  } else if (trace.fill) {
    swatch.className = "l2viz-band";
    swatch.style.background = trace.fillcolor;
    swatch.style.borderColor = trace.line.color;
  } else {
    const dashed = trace.line.dash && trace.line.dash !== "solid";
    const style = dashed ? (trace.line.dash === "dot" ? "dotted" : "dashed") : "solid";
    swatch.className = "l2viz-line";
    swatch.style.borderTop = `2px ${style} ${trace.line.color}`;
  }
  entry.append(swatch, trace.name);
  return entry;
}

/** A copy with every role ("@validation") replaced by the theme's colour. */
export function coloured(value, colours) {
  if (typeof value === "string") return value.startsWith("@") ? (colours[value] ?? value) : value;
  if (Array.isArray(value)) return value.map((part) => coloured(part, colours));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, coloured(part, colours)]),
    );
  return value;
}
