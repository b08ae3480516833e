// Draws the panels of a run: which there are, in which colours and size, and where they stand.

import { FigurePanel } from "./figure.js";
import { PicturePanel } from "./picture.js";
import { plotlyPromise } from "./plotly.js";

export class Painter {
  /**
   * `place`: the element of all panels. `viewer`: position() to draw at; numbers(position) and
   * painted(position), called before and after.
   */
  constructor(root, place, viewer) {
    this.root = root;
    this.place = place;
    this.viewer = viewer;
    this.panels = [];
    this.frame = 0; // painted so far
    this.onResize = () => this.fit();
    this.resizing = new ResizeObserver(this.onResize);
    this.resizing.observe(root);
    window.addEventListener("resize", this.onResize);
  }

  /** One panel for each slot; those of the run before stay in their place and change over. */
  async begin(header, data) {
    this.header = header;
    this.data = data;
    this.ready = false;
    const plotly = await plotlyPromise;
    const slots = new Map();
    for (const chart of this.header.charts)
      slots.set(chart.slot, [...(slots.get(chart.slot) ?? []), chart]);
    const before = new Map(this.panels.map((panel) => [panel.slot, panel]));
    this.panels = [...slots].map(([slot, charts]) => {
      const panel = before.get(slot) ?? this.newPanel(slot, charts[0], plotly);
      before.delete(slot);
      panel.offer(charts);
      this.place.append(panel.element);
      return panel;
    });
    for (const panel of before.values()) panel.remove();
    this.ready = true;
    this.colours = null;
    this.recolour();
  }

  newPanel(slot, chart, plotly) {
    const redraw = () => this.redrawAll();
    if (chart.traces[0].type === "heatmap") return new PicturePanel(slot, redraw);
    return new FigurePanel(slot, redraw, plotly);
  }

  applyRanges(ranges) {
    let changed = false;
    for (const chart of this.header?.charts ?? []) {
      for (const [axis, range] of Object.entries(ranges[chart.name] ?? {})) {
        changed ||= String(chart.layout[axis].range) !== String(range);
        chart.layout[axis].range = range;
      }
    }
    if (changed) this.redrawAll();
  }

  /** Follows Streamlit's theme: light or dark, by the lightness of its ground. */
  recolour() {
    if (!this.header) return;
    const theme = isDark(this.root) ? "dark" : "light";
    const colours = this.header.themes[theme];
    if (colours === this.colours) return;
    this.root.dataset.theme = theme;
    this.colours = colours;
    this.redrawAll();
  }

  /** Gives the charts the height that is left of the window, and draws them in it. */
  fit() {
    const { place: panels } = this;
    const above = panels.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
    const top = (this.top ??= this.root.getBoundingClientRect().top);
    panels.style.setProperty("--l2viz-above", `${Math.ceil(top + above + 14)}px`);
    const size = `${panels.clientWidth} × ${panels.clientHeight}`;
    if (size === this.size) return;
    this.size = size;
    this.redrawAll();
  }

  redrawAll() {
    this.wholeDraw = true;
    this.requestDraw();
  }

  requestDraw() {
    this.wantsDraw = true;
    if (!this.drawing) this.draw();
  }

  /** Draws until what is shown is where the viewer stands; positions in between are left out. */
  async draw() {
    if (!this.ready || !this.colours) return;
    this.drawing = true;
    while (this.wantsDraw && this.ready) {
      const whole = this.wholeDraw;
      this.wantsDraw = false;
      this.wholeDraw = false;
      const position = this.viewer.position();
      this.viewer.numbers(position);
      const { panels, data, colours } = this;
      const drawn = panels.map(async (panel) => {
        try {
          await (whole ? panel.draw(data, position, colours) : panel.move(data, position));
        } catch (problem) {
          if (panels === this.panels) console.error("l2viz: a chart was not drawn:", problem);
        }
      });
      await Promise.all(drawn);
      if (panels === this.panels && this.ready) {
        this.frame += 1;
        this.viewer.painted(position);
      }
    }
    this.drawing = false;
  }

  remove() {
    this.resizing.disconnect();
    window.removeEventListener("resize", this.onResize);
    this.panels.forEach((panel) => panel.remove());
  }
}

function isDark(element) {
  const ground = getComputedStyle(element).getPropertyValue("--st-background-color");
  const probe = document.createElement("span");
  probe.style.color = ground;
  element.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
