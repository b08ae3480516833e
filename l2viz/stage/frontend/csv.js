// The data of a chart at one position as a table; l2viz/charts/core/table.py writes the same one.

import { filledTraces } from "./image_export.js";

/** @import { LoadedChart, Position } from "./types" */

const COLUMNS = ["strength", "epoch", "trace", "row", "column", "x", "y", "z"];

/**
 * Write every point that a chart draws, one line for each.
 *
 * @param {LoadedChart} chart
 * @param {Position} position
 * @param {{ strength: string, epoch: number }} names of the position, as the page shows them
 */
export function csvText(chart, position, { strength, epoch }) {
  /** @type {(string | number)[][]} */
  const lines = [COLUMNS];
  for (const trace of filledTraces(chart, position, {})) {
    const start = [strength, epoch, trace.name];
    if (trace.type === "heatmap") {
      trace.z?.forEach((row, r) =>
        Array.from(row).forEach((z, c) => lines.push([...start, r, c, "", "", z])),
      );
    } else {
      const { x = [], y = [] } = trace;
      const count = Math.min(x.length, y.length);
      for (let i = 0; i < count; i += 1) lines.push([...start, "", "", x[i], y[i], ""]);
    }
  }
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** @param {string | number} value */
function cell(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
