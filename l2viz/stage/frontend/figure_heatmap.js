// Heatmaps of saved pictures, as images behind the lines: the Plotly of the stage draws lines, points
// and bars alone, and is a fifth smaller.

import { colourTable, isHeatmap, paint } from "./heatmap.js";

/** @import { AxisName, HeatmapTrace, PlotlyLayout, Rows, Trace } from "./types" */

const LEAST = 300; // pixels of an image's longer side, so that edges stay sharp in print

/**
 * Replace heatmaps by images in the layout; a trace without points keeps axes and scale of each.
 *
 * @param {Trace[]} traces
 * @param {PlotlyLayout} layout
 * @returns {{ data: object[], layout: PlotlyLayout }}
 */
export function withImages(traces, layout) {
  const images = /** @type {object[]} */ ([]);
  const axes = /** @type {PlotlyLayout} */ ({});
  const data = traces.map((trace) => {
    if (!isHeatmap(trace)) return trace;
    const { xaxis = "x", yaxis = "y", z: rows } = trace;
    if (rows) {
      const { x, y, ...size } = placeOf(trace, rows);
      const down = layout[axisName(yaxis)]?.autorange === "reversed";
      Object.assign(axes, ranged(layout, axisName(xaxis), [x, x + size.sizex]));
      Object.assign(axes, ranged(layout, axisName(yaxis), [y, y + size.sizey]));
      const top = down ? y : y + size.sizey;
      const source = address(trace, down ? rows : [...rows].reverse());
      images.push({ source, xref: xaxis, yref: yaxis, x, y: top, ...size, ...BEHIND });
    }
    return standIn(trace);
  });
  return images.length ? { data, layout: { ...layout, ...axes, images } } : { data, layout };
}

const BEHIND = { sizing: "stretch", layer: "below", xanchor: "left", yanchor: "top" };

/**
 * Return the lowest x and y of a heatmap, and its size, in units of its axes.
 *
 * @param {HeatmapTrace} trace
 * @param {Rows} rows
 */
function placeOf({ x0 = 0, dx = 1, y0 = 0, dy = 1 }, rows) {
  return { x: x0 - dx / 2, y: y0 - dy / 2, sizex: dx * rows[0].length, sizey: dy * rows.length };
}

/** @param {string} axis as a trace names it: "y2" */
function axisName(axis) {
  return /** @type {AxisName} */ (`${axis[0]}axis${axis.slice(1)}`);
}

/**
 * Return an axis with a range, which Plotly does not take from an image.
 *
 * @param {PlotlyLayout} layout
 * @param {AxisName} name
 * @param {number[]} range
 * @returns {PlotlyLayout}
 */
function ranged(layout, name, range) {
  const { autorange, ...axis } = layout[name] ?? {};
  if (axis.range) return {};
  return { [name]: { ...axis, range: autorange === "reversed" ? range.toReversed() : range } };
}

/** @param {HeatmapTrace} trace */
function standIn({ type: _, z: __, zmin, zmax, colorscale, colorbar, showscale = true, ...trace }) {
  const scale = { color: [zmin], cmin: zmin, cmax: zmax, colorscale, colorbar, showscale };
  const { xaxis, yaxis, name } = trace;
  return { type: "scatter", mode: "markers", name, xaxis, yaxis, x: [null], y: [null], marker: scale };
}

/**
 * Return rows, the first on top, as the address of an image.
 *
 * @param {HeatmapTrace} trace
 * @param {Rows} rows
 */
function address(trace, rows) {
  const factor = Math.ceil(LEAST / Math.max(rows.length, rows[0].length));
  const canvas = document.createElement("canvas");
  paint(canvas, enlargedRows(rows, factor, trace.zsmooth === "best"), colourTable(trace));
  return canvas.toDataURL();
}

/**
 * Return rows with so many numbers for each one: the same, or interpolated between their centres, as
 * Plotly does.
 *
 * @param {Rows} rows
 * @param {number} factor
 * @param {boolean} smooth
 * @returns {number[][]}
 */
export function enlargedRows(rows, factor, smooth) {
  const across = samples(rows[0].length, factor, smooth);
  return samples(rows.length, factor, smooth).map(({ before, share }) => {
    const [row, next] = [rows[before], rows[Math.min(before + 1, rows.length - 1)]];
    return across.map((column) => mixed(at(row, column), at(next, column), share));
  });
}

/** @typedef {{ before: number, share: number }} Sample between two numbers: share of the later one */

/**
 * @param {number} count
 * @param {number} factor
 * @param {boolean} smooth
 * @returns {Sample[]}
 */
function samples(count, factor, smooth) {
  return Array.from({ length: count * factor }, (_, i) => {
    if (!smooth) return { before: Math.floor(i / factor), share: 0 };
    const place = Math.max(0, Math.min(count - 1, (i + 0.5) / factor - 0.5));
    return { before: Math.floor(place), share: place % 1 };
  });
}

/**
 * @param {ArrayLike<number>} row
 * @param {Sample} sample
 */
function at(row, { before, share }) {
  return mixed(row[before], row[Math.min(before + 1, row.length - 1)], share);
}

/**
 * @param {number} a
 * @param {number} b
 * @param {number} share of b
 */
function mixed(a, b, share) {
  return share ? a + share * (b - a) : a; // a gap beside `a` does not spread
}
