// One place for a chart on the stage: heading, key, numbers, and the choice between variants.

import * as format from "./format.js";

export class Panel {
  /** `onChoice(name)`: called when the viewer chose another variant, to have it drawn. */
  constructor(slot, onChoice) {
    this.slot = slot;
    this.late = true; // what it draws is not there yet
    this.outgrown = false; // its axes were drawn for fewer epochs
    this.enlargement = 1; // of its type, at the next draw
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

  /** The charts that may stand here, and the one that does. */
  offer(charts, chart) {
    this.charts = charts;
    if (chart !== this.chart) this.show(chart);
  }

  show(chart) {
    this.chart = chart;
    this.late = true;
    this.shown = chart.bindings?.map(() => null); // resolved keys, to redraw only what changed
    this.element.dataset.chart = chart.name;
    this.plot.setAttribute("aria-label", `${chart.title}. ${chart.about}`);
  }

  /** Its data are on their way: what it shows is of another place, or nothing. */
  wait() {}

  remove() {
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
    this.numbers = this.chart.numbers.map(({ label, about }) => {
      const entry = document.createElement("span");
      const value = document.createElement("b");
      entry.title = about;
      entry.append(`${label} `, value);
      key.append(entry);
      return value;
    });
    this.heading.replaceChildren(title, ...(this.charts.length > 1 ? [this.choice()] : []), key);
  }

  /** The chart's own numbers at a position, in its key. */
  showNumbers(run, position) {
    this.chart.numbers.forEach(({ array, form }, i) => {
      const value = run.number(array, position.epoch, position.strength);
      this.numbers[i].textContent = format.readout(value, form);
    });
  }

  choice() {
    const select = document.createElement("select");
    select.setAttribute("aria-label", `${this.chart.title}: layer`);
    for (const chart of this.charts) select.append(new Option(chart.variant, chart.name));
    select.value = this.chart.name;
    select.onchange = () => this.onChoice(select.value);
    return select;
  }
}

/** Stands where a chart will be, until it has been read. */
export class LoadingPanel extends Panel {
  constructor(slot, onChoice) {
    super(slot, onChoice);
    this.plot.classList.add("l2viz-loading");
  }

  wait() {
    const title = document.createElement("h3");
    title.textContent = this.chart.title;
    this.heading.replaceChildren(title);
    this.plot.textContent = "Loading …";
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
