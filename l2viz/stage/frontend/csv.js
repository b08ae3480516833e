// The data of a chart at one place as a table; l2viz/charts/core/table.py writes the same one.

import { filled } from "./slide.js";

const COLUMNS = ["strength", "epoch", "trace", "row", "column", "x", "y", "z"];

/** Every point that a chart draws there, a line each; `strength` and `epoch` as the page says them. */
export function csvText(chart, position, { strength, epoch }) {
  const lines = [COLUMNS];
  for (const trace of filled(chart, position, {})) {
    const start = [strength, epoch, trace.name];
    if (trace.type === "heatmap") {
      trace.z?.forEach((row, r) => row.forEach((z, c) => lines.push([...start, r, c, "", "", z])));
    } else {
      const count = Math.min(trace.x?.length ?? 0, trace.y?.length ?? 0);
      for (let i = 0; i < count; i += 1)
        lines.push([...start, "", "", trace.x[i], trace.y[i], ""]);
    }
  }
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
