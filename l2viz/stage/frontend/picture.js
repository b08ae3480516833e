// A chart of heatmaps, painted on canvases: Plotly takes some 20 ms to repaint one, this takes 1.

import { resolve, resolvedKey } from "./bindings.js";
import { Panel, coloured } from "./panel.js";

export class PicturePanel extends Panel {
  show(chart) {
    super.show(chart);
    this.canvases = chart.traces.map((trace) => {
      const row = document.createElement("figure");
      const label = document.createElement("figcaption");
      label.textContent = trace.name;
      const canvas = document.createElement("canvas");
      row.append(label, canvas);
      return canvas;
    });
    this.plot.classList.add("l2viz-picture");
    this.plot.replaceChildren(...this.canvases.map((canvas) => canvas.parentElement));
  }

  draw(run, position, colours) {
    this.drawHeading(colours);
    this.heading.querySelector(".l2viz-key").append(scale(coloured(this.chart.traces[0], colours)));
    this.tables = this.chart.traces.map((trace) => colourTable(coloured(trace, colours)));
    this.shown.fill(null);
    this.move(run, position);
  }

  move(run, position) {
    this.chart.bindings.forEach((binding, i) => {
      const key = resolvedKey(binding, run, position);
      if (key === this.shown[i]) return;
      this.shown[i] = key;
      const rows = resolve(binding, run, position);
      paint(this.canvases[binding.trace], rows ?? [[0]], this.tables[binding.trace]);
    });
  }
}

/** Paints rows of numbers, the first on top, a pixel each. */
export function paint(canvas, rows, table) {
  const width = rows[0].length;
  if (canvas.width !== width || canvas.height !== rows.length) {
    canvas.width = width;
    canvas.height = rows.length;
  }
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, rows.length);
  const pixels = new Uint32Array(image.data.buffer);
  rows.forEach((row, y) => {
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = table(row[x]);
  });
  context.putImageData(image, 0, 0);
}

/** z -> pixel, by the trace's colour scale between zmin and zmax, as Plotly interpolates it. */
export function colourTable({ colorscale, zmin, zmax }) {
  const stops = colorscale.map(([at, colour]) => [at, rgb(colour)]);
  const levels = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(levels.buffer);
  for (let level = 0; level < 256; level += 1) {
    const at = level / 255;
    const next = Math.max(1, stops.findIndex(([stop]) => stop >= at));
    const [[low, from], [high, to]] = [stops[next - 1], stops[next]];
    const share = (at - low) / (high - low);
    from.forEach((value, i) => {
      bytes[4 * level + i] = value + share * (to[i] - value);
    });
    bytes[4 * level + 3] = 255;
  }
  const scaled = 255 / (zmax - zmin);
  return (z) => levels[Math.max(0, Math.min(255, Math.round((z - zmin) * scaled)))];
}

function scale({ colorscale, colorbar }) {
  const bar = document.createElement("i");
  bar.className = "l2viz-scale";
  const stops = colorscale.map(([at, colour]) => `${colour} ${100 * at}%`);
  bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  const entry = document.createElement("span");
  const [low, , high] = colorbar.ticktext;
  entry.append(`${colorbar.title.text} ${low}`, bar, high);
  return entry;
}

function rgb(colour) {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
