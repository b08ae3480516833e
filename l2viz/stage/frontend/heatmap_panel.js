// A chart of heatmaps alone, each on a canvas of its own.

import { resolve, resolvedKey } from "./bindings.js";
import { DrawnPanel } from "./drawn_panel.js";
import { colourTable, isHeatmap, paint } from "./heatmap.js";
import { coloured } from "./theme.js";

/** @import { ColourTable } from "./heatmap.js" */
/** @import { Chart, Colours, HeatmapTrace, LoadedChart, Position } from "./types" */

export class HeatmapPanel extends DrawnPanel {
  /**
   * @param {string} slot
   * @param {Chart[]} charts
   * @param {LoadedChart} chart
   * @param {(name: string) => void} onVariant
   */
  constructor(slot, charts, chart, onVariant) {
    super(slot, charts, chart, onVariant);
    /** @type {HTMLCanvasElement[]} */
    this.canvases = [];
    /** @type {ColourTable[]} */
    this.tables = [];
    this.plot.classList.add("l2viz-picture");
    this.show(chart);
  }

  /**
   * @param {LoadedChart} chart
   * @override
   */
  show(chart) {
    super.show(chart);
    this.canvases = chart.traces.map(() => document.createElement("canvas"));
    this.plot.replaceChildren(
      ...chart.traces.map((trace, i) => {
        const row = document.createElement("figure");
        const label = document.createElement("figcaption");
        label.textContent = trace.name;
        row.append(label, this.canvases[i]);
        return row;
      }),
    );
  }

  /**
   * @param {Colours} colours
   * @param {Position} position
   * @param {string[]} strengths
   * @override
   */
  drawHeading(colours, position, strengths) {
    super.drawHeading(colours, position, strengths);
    const [trace] = coloured(this.chart.traces, colours).filter(isHeatmap);
    this.heading.querySelector(".l2viz-key")?.append(scaleEntry(trace));
  }

  /**
   * Draw every heatmap.
   *
   * @param {Position} position
   * @param {Colours} colours
   */
  draw(position, colours) {
    const traces = coloured(this.chart.traces, colours).filter(isHeatmap);
    this.tables = traces.map(colourTable);
    this.drawnKeys.fill(null);
    this.move(position);
  }

  /**
   * Repaint the heatmaps that differ at another position.
   *
   * @param {Position} position
   */
  move(position) {
    const { bindings, data } = this.chart;
    bindings.forEach((binding, i) => {
      const key = resolvedKey(binding, data, position);
      if (key === this.drawnKeys[i]) return;
      this.drawnKeys[i] = key;
      const rows = /** @type {ArrayLike<number>[] | null} */ (resolve(binding, data, position));
      paint(this.canvases[binding.trace], rows ?? [[0]], this.tables[binding.trace]);
    });
  }
}

/** @param {HeatmapTrace} trace */
function scaleEntry({ colorscale, colorbar }) {
  const bar = document.createElement("i");
  bar.className = "l2viz-scale";
  const stops = colorscale.map(([at, colour]) => `${colour} ${100 * at}%`);
  bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  const entry = document.createElement("span");
  const [low, , high] = colorbar.ticktext;
  entry.append(`${colorbar.title.text} ${low}`, bar, high);
  return entry;
}
