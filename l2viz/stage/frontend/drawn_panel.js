// A panel whose chart is drawn: its key, its numbers, and the choice between variants.

import * as format from "./format.js";
import { Panel } from "./panel.js";
import { coloured } from "./theme.js";

/** @import { Chart, Colours, LoadedChart, Position, Trace } from "./types" */

/** @extends {Panel<LoadedChart>} */
export class DrawnPanel extends Panel {
  /**
   * @param {string} slot
   * @param {Chart[]} charts
   * @param {LoadedChart} chart
   * @param {(name: string) => void} onVariant called when the viewer chose another variant
   */
  constructor(slot, charts, chart, onVariant) {
    super(slot, charts, chart);
    this.onVariant = onVariant;
    this.outgrown = false; // its axes were drawn for fewer epochs
    this.enlargement = 1; // of its text and lines, at the next draw
    /** @type {(string | null)[]} */
    this.drawnKeys = []; // of each binding, to redraw only what changed
    /** @type {HTMLElement[]} */
    this.numbers = [];
  }

  /**
   * @param {LoadedChart} chart
   * @override
   */
  show(chart) {
    super.show(chart);
    this.drawnKeys = chart.bindings.map(() => null);
  }

  /** @param {Colours} colours */
  drawHeading(colours) {
    const title = this.title();
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
    const choice = this.charts.length > 1 ? [this.variantChoice()] : [];
    this.heading.replaceChildren(title, ...choice, key);
  }

  /**
   * Show the chart's own numbers in its key.
   *
   * @param {Position} position
   */
  showNumbers(position) {
    const { data, numbers } = this.chart;
    numbers.forEach(({ array, form }, i) => {
      const value = data.number(array, position.epoch, position.strength);
      this.numbers[i].textContent = format.readout(value, form);
    });
  }

  variantChoice() {
    const select = document.createElement("select");
    select.setAttribute("aria-label", `${this.chart.title}: which`);
    for (const chart of this.charts) select.append(new Option(chart.variant, chart.name));
    select.value = this.chart.name;
    select.onchange = () => this.onVariant(select.value);
    return select;
  }
}

/** @param {Trace} trace */
function keyEntry({ type, name, mode, fill, fillcolor, line, marker }) {
  const entry = document.createElement("span");
  const swatch = document.createElement("i");
  if (mode === "markers" || type === "bar") {
    swatch.className = type === "bar" ? "l2viz-band" : "l2viz-dot";
    swatch.style.background = swatch.style.borderColor = marker?.color ?? "";
  } else if (fill) {
    swatch.className = "l2viz-band";
    swatch.style.background = fillcolor ?? "";
    swatch.style.borderColor = line?.color ?? "";
  } else {
    swatch.className = "l2viz-line";
    swatch.style.borderTop = `2px ${borderStyle(line?.dash)} ${line?.color}`;
  }
  entry.append(swatch, name);
  return entry;
}

/** @param {string | undefined} dash as Plotly names it */
function borderStyle(dash) {
  if (!dash || dash === "solid") return "solid";
  return dash === "dot" ? "dotted" : "dashed";
}
