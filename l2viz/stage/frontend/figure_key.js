// The key of a chart in a saved picture: entries in lines, each with a piece of what it names.

import { FONT, escaped, widthOf } from "./figure_text.js";
import { coloured } from "./theme.js";

/** @import { KeyEntry } from "./chart_key.js" */
/** @import { Colours } from "./types" */

const SIZE = 11; // of the text, in pixels
const LINE = 16; // from one line to the next
const SWATCH = 20; // width with its gap
const GAP = 12; // between two entries
/** @type {Record<string, string>} */
const DASHES = {
  dash: "6 4",
  dot: "2 3",
  dashdot: "7 3 2 3",
  longdash: "9 3",
  longdashdot: "9 3 2 3",
};

/**
 * @param {KeyEntry[]} entries
 * @param {number} width
 * @param {number} scale enlargement
 */
export function keyHeight(entries, width, scale) {
  const places = placed(entries, width, scale);
  return places.length ? (places[places.length - 1].line + 1) * LINE * scale : 0;
}

/**
 * @param {KeyEntry[]} entries
 * @param {{ x: number, y: number, width: number }} place
 * @param {number} scale enlargement
 * @param {Colours} colours
 */
export function keySvg(entries, { x, y, width }, scale, colours) {
  const drawn = placed(entries, width, scale).map(({ entry, at, line }) => {
    const middle = (line + 0.5) * LINE;
    const indent = entry.kind === "none" ? 0 : SWATCH;
    const text = `x="${at + indent}" y="${middle + 0.35 * SIZE}" font-size="${SIZE}"`;
    return (
      swatch(entry, at, middle, colours) +
      `<text ${text} font-family="${FONT}" fill="${colours["@text"]}">${escaped(entry.text)}</text>`
    );
  });
  return `<g transform="translate(${x} ${y}) scale(${scale})">${drawn.join("")}</g>`;
}

/**
 * Put entries in lines; places are at enlargement 1.
 *
 * @param {KeyEntry[]} entries
 * @param {number} width
 * @param {number} scale
 */
function placed(entries, width, scale) {
  let [at, line] = [0, 0];
  return entries.map((entry) => {
    const long = (entry.kind === "none" ? 0 : SWATCH) + widthOf(entry.text, SIZE);
    if (at && at + long > width / scale) [at, line] = [0, line + 1];
    const place = { entry, at, line };
    at += long + GAP;
    return place;
  });
}

/**
 * @param {KeyEntry} entry
 * @param {number} x
 * @param {number} y of its middle
 * @param {Colours} colours
 */
function swatch({ kind, colour, fill, dash }, x, y, colours) {
  const stroke = coloured(colour, colours);
  if (kind === "none") return "";
  if (kind === "dot") return `<circle cx="${x + 7}" cy="${y}" r="3.5" fill="${stroke}"/>`;
  const at = kind === "band" ? y - 4.5 : y;
  const area = `<rect x="${x}" y="${y - 4.5}" width="14" height="9" fill="${coloured(fill, colours)}"/>`;
  const dashes = DASHES[dash] ? ` stroke-dasharray="${DASHES[dash]}"` : "";
  const line = `<line x1="${x}" y1="${at}" x2="${x + 15}" y2="${at}" stroke="${stroke}" stroke-width="2"${dashes}/>`;
  return kind === "band" ? area + line : line;
}
