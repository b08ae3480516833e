// A panel whose chart is drawn: its key, its numbers, and the choice between variants.

import { pinsInKey, tracesInKey } from "./chart_key.js";
import { setText } from "./dom.js";
import * as format from "./format.js";
import { Panel } from "./panel.js";
import { coloured } from "./theme.js";

/** @import { KeyEntry } from "./chart_key.js" */
/** @import { Chart, Colours, LoadedChart, Position } from "./types" */

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

  /**
   * Draw title, caption and key: with the pinned strengths, if the chart shows them.
   *
   * @param {Colours} colours
   * @param {Position} position
   * @param {string[]} strengths as texts
   */
  drawHeading(colours, position, strengths) {
    const { title, caption } = this.titleParts();
    const key = document.createElement("div");
    key.className = "l2viz-key";
    key.append(...tracesInKey(this.chart).map((entry) => keyEntry(entry, colours)));
    const pins = pinsInKey(this.chart, position, strengths);
    // Beside the caption, so that a pin takes no height from the plots.
    caption.append(...pins.map((entry) => keyEntry(entry, colours)));
    this.numbers = this.chart.numbers.map(({ label, about }) => {
      const entry = document.createElement("span");
      const value = document.createElement("b");
      entry.title = about;
      entry.append(`${label} `, value);
      key.append(entry);
      return value;
    });
    const choice = this.charts.length > 1 ? [this.variantChoice()] : [];
    this.heading.replaceChildren(title, ...choice, caption, key);
    this.showNumbers(position);
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
      setText(this.numbers[i], format.readout(value, form));
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

/**
 * @param {KeyEntry} entry
 * @param {Colours} colours
 */
function keyEntry({ text, kind, colour, fill, dash }, colours) {
  const entry = document.createElement("span");
  const swatch = document.createElement("i");
  swatch.className = `l2viz-${kind}`;
  if (kind === "dot") swatch.style.background = coloured(colour, colours);
  else if (kind === "band") {
    swatch.style.background = coloured(fill, colours);
    swatch.style.borderColor = coloured(colour, colours);
  } else swatch.style.borderTop = `2px ${borderStyle(dash)} ${coloured(colour, colours)}`;
  entry.append(swatch, text);
  return entry;
}

/** @param {string | undefined} dash as Plotly names it */
function borderStyle(dash) {
  if (!dash || dash === "solid") return "solid";
  return dash === "dot" ? "dotted" : "dashed";
}
