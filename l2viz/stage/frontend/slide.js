// Pictures for slides: charts as SVG with text that stays text, side by side over a caption.

import { fill, resolve } from "./bindings.js";
import { coloured } from "./panel.js";

const CAPTION = 26; // pixels of the line below the charts
const COLUMNS = { 1: 1, 2: 2, 4: 2 }; // as on the stage

/** A chart's traces at a position; without those that are bound to a strength not pinned. */
export function filled(chart, position, colours) {
  const traces = coloured(chart.traces, colours);
  const absent = new Set();
  for (const binding of chart.bindings) {
    const values = resolve(binding, chart.data, position);
    if (values === null) absent.add(binding.trace);
    else fill(traces[binding.trace], binding, Array.from(values, plain));
  }
  return traces.filter((_, trace) => !absent.has(trace));
}

/**
 * One SVG of these charts at a position: `saving` and `themes` as the header has them, `size` of
 * all charts together and of what stands above the axes of each, `caption` the line below.
 */
export async function slide(plotly, charts, position, { saving, themes }, size, caption) {
  const { width, height, head } = size;
  const colours = themes[saving.theme];
  const columns = Math.min(charts.length, COLUMNS[charts.length] ?? 3);
  const wide = Math.floor(width / columns);
  const high = Math.floor(height / Math.ceil(charts.length / columns));
  const figures = [];
  const paper = { layout: saving.layout, colours, width: wide, height: high, head };
  for (const chart of charts) figures.push(await figure(plotly, chart, position, paper));
  const places = figures.map((svg, i) => {
    const at = `x="${(i % columns) * wide}" y="${Math.floor(i / columns) * high}"`;
    return svg.replace("<svg ", `<svg ${at} `);
  });
  const attributes = `width="${width}" height="${height + CAPTION}" viewBox="0 0 ${width} ${height + CAPTION}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>` +
    `<rect width="100%" height="100%" fill="${colours["@ground"]}"/>${places.join("")}` +
    `<text x="12" y="${height + 16}" font-family="sans-serif" font-size="11.5" ` +
    `fill="${colours["@text"]}">${escaped(caption)}</text></svg>`
  );
}

async function figure(plotly, chart, position, { layout, colours, width, height, head }) {
  const shown = coloured({ ...chart.layout, ...layout, width, height }, colours);
  shown.title.text = chart.heading;
  shown.margin.t = head;
  const data = filled(chart, position, colours);
  const format = { format: "svg", width, height, imageDataOnly: true };
  return plotly.toImage({ data, layout: shown, config: { staticPlot: true } }, format);
}

/** An SVG as a PNG, so many pixels for each of its own. */
export async function png(svg, scale) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function plain(value) {
  return ArrayBuffer.isView(value) ? Array.from(value) : value;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
