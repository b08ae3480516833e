// Pictures for slides: charts as SVG with text that stays text, side by side, with title, key and
// footer. Everything is placed here, so that no room is left between the charts.

import { fill, resolve } from "./bindings.js";
import { pinsInKey, tracesInKey } from "./chart_key.js";
import { enlarge } from "./enlarge.js";
import { withImages } from "./figure_heatmap.js";
import { keyHeight, keySvg } from "./figure_key.js";
import { FONT, escaped, wrapped } from "./figure_text.js";
import * as format from "./format.js";
import { coloured } from "./theme.js";

/** @import { KeyEntry } from "./chart_key.js" */
/** @import { Colours, LoadedChart, OpeningHeader, Plotly, Position, Rows, Values } from "./types" */

/**
 * columns: of charts at most; text: enlargement of text and lines; ground: "" for transparent.
 *
 * @typedef {object} PictureStyle
 * @property {number} width
 * @property {number} height
 * @property {number} columns
 * @property {number} text
 * @property {boolean} title
 * @property {string} footer or ""
 * @property {Colours} colours
 * @property {string} ground
 * @property {Room} [room]
 */

/** Pixels of the key and lines of the footer, at least: so that axes stay where these change. */
/** @typedef {{ key: number, footer: number }} Room */

/** A chart with what stands above its axes. */
/** @typedef {{ chart: LoadedChart, key: KeyEntry[] }} Pictured */

const PAD = 10; // pixels around title, key and footer
const TITLE = 15; // sizes of text
const FOOTER = 11;

/**
 * Return a chart's traces with their values at a position, without those of a strength that is not
 * pinned.
 *
 * @param {LoadedChart} chart
 * @param {Position} position
 * @param {Colours} colours
 */
export function filledTraces(chart, position, colours) {
  const traces = coloured(chart.traces, colours);
  const absent = new Set();
  for (const binding of chart.bindings) {
    const values = resolve(binding, chart.data, position);
    if (values === null) absent.add(binding.trace);
    else fill(traces[binding.trace], binding, plainValues(values));
  }
  return traces.filter((_, trace) => !absent.has(trace));
}

/**
 * Draw charts as one SVG.
 *
 * @param {Plotly} plotly
 * @param {LoadedChart[]} charts
 * @param {Position} position
 * @param {OpeningHeader} header
 * @param {PictureStyle} style
 */
export async function figureSvg(plotly, charts, position, header, style) {
  const { width, height, ground } = style;
  const footer = footerLines(style);
  const lines = Math.max(footer.length, style.room?.footer ?? 0);
  const footerHeight = lines ? (lines * 1.35 + 0.7) * FOOTER * style.text : 0;
  const rows = rowsOf(charts, style.columns);
  const rowHeight = (height - footerHeight) / rows.length;
  /** @type {string[]} */
  const parts = [];
  for (const [r, row] of rows.entries()) {
    const cell = { width: width / row.length, height: rowHeight };
    const pictured = row.map((chart) => ({ chart, key: wholeKey(chart, position, header) }));
    const keys = pictured.map(({ key }) => keyHeight(key, cell.width - 2 * PAD, style.text));
    const head = (style.title ? 1.9 * TITLE * style.text : 8) + Math.max(style.room?.key ?? 0, ...keys);
    for (const [c, each] of pictured.entries()) {
      const place = { x: c * cell.width, y: r * rowHeight, head };
      parts.push(await chartSvg(plotly, each, position, style, { ...cell, ...place }));
    }
  }
  footer.forEach((line, i) => {
    const y = height - footerHeight + (i + 1) * 1.35 * FOOTER * style.text;
    parts.push(textSvg(line, PAD, y, FOOTER * style.text, style.colours["@text"]));
  });
  const behind = ground ? `<rect width="100%" height="100%" fill="${ground}"/>` : "";
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ' +
    `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `${behind}${parts.join("")}</svg>`
  );
}

/**
 * Return the room that a chart's key and footer take at most, in pictures at some positions.
 *
 * @param {LoadedChart} chart
 * @param {{ at: Position, style: PictureStyle }[]} pictures
 * @param {OpeningHeader} header
 * @returns {Room}
 */
export function roomFor(chart, pictures, header) {
  const keys = pictures.map(({ at, style }) =>
    keyHeight(wholeKey(chart, at, header), style.width - 2 * PAD, style.text),
  );
  return {
    key: Math.max(...keys),
    footer: Math.max(...pictures.map(({ style }) => footerLines(style).length)),
  };
}

/** @param {PictureStyle} style */
function footerLines({ footer, text, width }) {
  return wrapped(footer, FOOTER * text, width - 2 * PAD);
}

/**
 * @param {Plotly} plotly
 * @param {Pictured} pictured
 * @param {Position} position
 * @param {PictureStyle} style
 * @param {{ x: number, y: number, width: number, height: number, head: number }} place
 */
async function chartSvg(plotly, { chart, key }, position, style, { x, y, width, height, head }) {
  const { colours, text } = style;
  const size = { width: Math.round(width), height: Math.round(height - head) };
  const { data, layout } = withImages(
    enlarge(filledTraces(chart, position, colours), text),
    enlarge(coloured(chart.layout, colours), text),
  );
  const svg = await plotly.toImage(
    {
      data,
      layout: { ...layout, ...size, font: { ...layout.font, family: FONT }, showlegend: false },
      config: { staticPlot: true },
    },
    { format: "svg", ...size, imageDataOnly: true },
  );
  const plot = svg.replace("<svg ", `<svg x="0" y="${head}" `);
  const top = style.title ? 1.9 * TITLE * text : 8;
  const title = style.title
    ? textSvg(chart.heading, PAD, 1.4 * TITLE * text, TITLE * text, colours["@text"])
    : "";
  const keyed = keySvg(key, { x: PAD, y: top, width: width - 2 * PAD }, text, colours);
  return `<g transform="translate(${x} ${y})">${title}${keyed}${plot}</g>`;
}

/**
 * Return all that a chart's key says: traces, pinned strengths, and the chart's own numbers.
 *
 * @param {LoadedChart} chart
 * @param {Position} position
 * @param {OpeningHeader} header
 * @returns {KeyEntry[]}
 */
function wholeKey(chart, position, { strength_texts: strengths }) {
  /** @type {KeyEntry[]} */
  const numbers = chart.numbers.map(({ label, array, form }) => {
    const value = chart.data.number(array, position.epoch, position.strength);
    const text = `${label} ${format.readout(value, form)}`;
    return { text, kind: "none", colour: "", fill: "", dash: "" };
  });
  return [...tracesInKey(chart), ...pinsInKey(chart, position, strengths), ...numbers];
}

/**
 * Return charts in rows of at most so many columns, of nearly equal length: no place stays empty.
 *
 * @template Each
 * @param {Each[]} charts
 * @param {number} columns
 * @returns {Each[][]}
 */
export function rowsOf(charts, columns) {
  const count = Math.ceil(charts.length / columns);
  const longest = Math.ceil(charts.length / count);
  const rows = [];
  for (let start = 0; start < charts.length; start += longest)
    rows.push(charts.slice(start, start + longest));
  return rows;
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y of its base line
 * @param {number} size
 * @param {string} colour
 */
function textSvg(text, x, y, size, colour) {
  const place = `x="${x}" y="${y}" font-size="${size}" fill="${colour}"`;
  return `<text ${place} font-family="${FONT}">${escaped(text)}</text>`;
}

/**
 * Return what Plotly can write to a file: typed arrays as plain ones.
 *
 * @param {Values | Rows} values
 */
function plainValues(values) {
  const parts = /** @type {ArrayLike<number | ArrayLike<number>>} */ (values);
  return /** @type {Values | Rows} */ (
    Array.from(parts, (part) => (typeof part === "number" ? part : Array.from(part)))
  );
}
