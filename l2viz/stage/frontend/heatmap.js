// Paints a heatmap on a canvas, a pixel for each number. Plotly takes some 20 ms to repaint one,
// this takes 1.

/** @import { HeatmapTrace, Rows, Trace } from "./types" */

/** @typedef {(z: number) => number} ColourTable from a number to the bytes of a pixel */

/**
 * @param {Trace} trace
 * @returns {trace is HeatmapTrace}
 */
export function isHeatmap(trace) {
  return trace.type === "heatmap";
}

/**
 * Paint rows of numbers, the first on top.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Rows} rows
 * @param {ColourTable} table
 */
export function paint(canvas, rows, table) {
  const width = rows[0].length;
  if (canvas.width !== width || canvas.height !== rows.length) {
    canvas.width = width;
    canvas.height = rows.length;
  }
  const context = canvas.getContext("2d");
  if (!context) return; // the browser has run out of memory for canvases
  const image = context.createImageData(width, rows.length);
  const pixels = new Uint32Array(image.data.buffer);
  rows.forEach((row, y) => {
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = table(row[x]);
  });
  context.putImageData(image, 0, 0);
}

/**
 * Make the table of a trace's colour scale, interpolated between zmin and zmax as Plotly does.
 *
 * @param {HeatmapTrace} trace
 * @returns {ColourTable}
 */
export function colourTable({ colorscale, zmin, zmax }) {
  const stops = colorscale.map(([at, colour]) => ({ at, colour: rgb(colour) }));
  const levels = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(levels.buffer);
  for (let level = 0; level < 256; level += 1) {
    const at = level / 255;
    const next = Math.max(1, stops.findIndex((stop) => stop.at >= at));
    const [from, to] = [stops[next - 1], stops[next]];
    const share = (at - from.at) / (to.at - from.at);
    from.colour.forEach((value, i) => {
      bytes[4 * level + i] = value + share * (to.colour[i] - value);
    });
    bytes[4 * level + 3] = 255;
  }
  const scaled = 255 / (zmax - zmin);
  return (z) => levels[Math.max(0, Math.min(255, Math.round((z - zmin) * scaled)))];
}

/** @param {string} colour as "#RRGGBB" */
function rgb(colour) {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
