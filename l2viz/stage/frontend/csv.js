// The data of a chart at one position as a table, in the units that its axes name.

import { filledTraces } from "./figure.js";

/** @import { LoadedChart, PlotlyLayout, Position, Trace } from "./types" */

const COLUMNS = [
  ...["strength", "epoch", "trace", "row", "column"],
  ...["x_name", "x", "y_name", "y", "z_name", "z"],
];

/**
 * Write every point that a chart draws, one line for each: of a line its x and y, of a picture its
 * row, its column, where it lies if it has axes, and z.
 *
 * @param {LoadedChart} chart
 * @param {Position} position
 * @param {{ strength: number, epoch: number }} place λ and epoch of the position
 */
export function csvText(chart, position, { strength, epoch }) {
  /** @type {(string | number)[][]} */
  const lines = [COLUMNS];
  const toStrength = strengthOf(chart);
  for (const trace of filledTraces(chart, position, {})) {
    const start = [strength, epoch, trace.name];
    const [across, up] = [axisName(chart.layout, trace, "x"), axisName(chart.layout, trace, "y")];
    if (trace.type === "heatmap") {
      for (const cells of pictureCells(trace, across, up)) lines.push([...start, ...cells]);
    } else {
      const { x = [], y = [] } = trace;
      const count = Math.min(x.length, y.length);
      for (let i = 0; i < count; i += 1)
        lines.push([...start, "", "", across, toStrength(x[i]), up, y[i], "", ""]);
    }
  }
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/**
 * @param {Trace} trace a heatmap
 * @param {string} across
 * @param {string} up
 */
function pictureCells(trace, across, up) {
  const { x0 = 0, dx, y0 = 0, dy, z = [], meta } = trace;
  const unit = meta?.unit ?? 1;
  return Array.from(z).flatMap((row, r) =>
    Array.from(row, (value, c) => {
      const x = dx === undefined || !across ? ["", ""] : [across, x0 + dx * c];
      const y = dy === undefined || !up ? ["", ""] : [up, y0 + dy * r];
      return [r, c, ...x, ...y, meta?.z ?? "", value * unit];
    }),
  );
}

/**
 * Return the title of a trace's axis, without words on its scale: values are written as they are.
 *
 * @param {PlotlyLayout} layout
 * @param {Trace} trace
 * @param {"x" | "y"} letter
 */
function axisName(layout, trace, letter) {
  const number = (trace[`${letter}axis`] ?? letter).slice(1);
  const axis = layout[/** @type {import("./types").AxisName} */ (`${letter}axis${number}`)];
  return (axis?.title?.text ?? "").replace(/ \(log( scale)?\)$/, "");
}

/**
 * Return what turns a place on the axis of strengths, which is log₁₀λ, into λ; other charts have
 * their x as it is.
 *
 * @param {LoadedChart} chart
 * @returns {(x: number) => number}
 */
function strengthOf({ bindings, data }) {
  const isPath = bindings.some(({ attribute, array }) => attribute === "x" && array === "strength_position");
  const zero = data.still.get("strength_position")?.[0];
  if (!isPath) return (x) => x;
  return (x) => (Math.abs(x - (zero ?? NaN)) < 1e-9 ? 0 : Number((10 ** x).toPrecision(7)));
}

/** @param {string | number} value */
function cell(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
