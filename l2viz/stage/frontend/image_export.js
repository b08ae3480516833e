// Pictures for slides: charts as SVG with text that stays text, side by side above a caption.

import { fill, resolve } from "./bindings.js";
import { coloured } from "./theme.js";

/** @import { Colours, LoadedChart, OpeningHeader, PictureSize, Plotly, PlotlyLayout, Position, Rows, Values } from "./types" */

const CAPTION_HEIGHT = 26; // pixels
const MOST_COLUMNS = 3;

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
 * @param {PictureSize} size of all charts together
 * @param {string} caption
 */
export async function chartsAsSvg(plotly, charts, position, { saving, themes }, size, caption) {
  const colours = themes[saving.theme];
  const columns = columnsOf(charts.length);
  const width = Math.floor(size.width / columns);
  const height = Math.floor(size.height / Math.ceil(charts.length / columns));
  const parts = [];
  for (const [i, chart] of charts.entries()) {
    const layout = pictureLayout(chart, saving.layout, { width, height, head: size.head });
    const svg = await plotly.toImage(
      {
        data: filledTraces(chart, position, colours),
        layout: coloured(layout, colours),
        config: { staticPlot: true },
      },
      { format: "svg", width, height, imageDataOnly: true },
    );
    const at = `x="${(i % columns) * width}" y="${Math.floor(i / columns) * height}"`;
    parts.push(svg.replace("<svg ", `<svg ${at} `));
  }
  const total = size.height + CAPTION_HEIGHT;
  const attributes = `width="${size.width}" height="${total}" viewBox="0 0 ${size.width} ${total}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>` +
    `<rect width="100%" height="100%" fill="${colours["@ground"]}"/>${parts.join("")}` +
    `<text x="12" y="${size.height + 16}" font-family="sans-serif" font-size="11.5" ` +
    `fill="${colours["@text"]}">${escaped(caption)}</text></svg>`
  );
}

/**
 * Return the number of columns in which charts stand, as on the stage.
 *
 * @param {number} charts
 */
function columnsOf(charts) {
  return charts === 4 ? 2 : Math.min(charts, MOST_COLUMNS);
}

/**
 * @param {LoadedChart} chart
 * @param {PlotlyLayout} shared
 * @param {PictureSize} size
 * @returns {PlotlyLayout}
 */
function pictureLayout(chart, shared, { width, height, head }) {
  return {
    ...chart.layout,
    ...shared,
    width,
    height,
    title: { ...shared.title, text: chart.heading },
    margin: { ...shared.margin, t: head },
  };
}

/**
 * Draw an SVG as a PNG.
 *
 * @param {string} svg
 * @param {number} scale pixels for each of the SVG's own
 * @returns {Promise<Blob>}
 */
export async function svgToPng(svg, scale) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
    if (!png) throw new Error("The browser has no memory for a picture of this size.");
    return png;
  } finally {
    URL.revokeObjectURL(address);
  }
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

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
