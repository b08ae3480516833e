// Draws the panels of a run: which there are, in which colours and size, and where they stand.

import { FigurePanel } from "./figure.js";
import { LoadingPanel } from "./panel.js";
import { PicturePanel } from "./picture.js";
import { plotlyPromise } from "./plotly.js";

export class Painter {
  /**
   * `place`: the element of all panels. `viewer`: position() to draw at; numbers(position) and
   * painted(position), called before and after; rests(milliseconds), called when nothing is left
   * to be drawn, with the time that drawing took; vary(slot, name), called when a viewer chose
   * another variant; saveButton(panel), a button that stands in the panel.
   */
  constructor(root, place, viewer) {
    this.root = root;
    this.place = place;
    this.viewer = viewer;
    this.panels = [];
    this.frame = 0; // painted so far
    root.dataset.asked = root.dataset.answered = 0; // equal: nothing is left to be painted
    this.enlargement = 1;
    this.onResize = () => this.fit();
    this.resizing = new ResizeObserver(this.onResize);
    this.resizing.observe(root);
    // What Streamlit puts above the stage later moves it, at the size it has.
    this.resizing.observe(root.closest("[data-testid=stMainBlockContainer]") ?? root);
    window.addEventListener("resize", this.onResize);
  }

  /** Another run: `places` as a layout gives them. */
  async begin(header, places) {
    this.header = header;
    this.places = places;
    this.ready = false;
    this.plotly = await plotlyPromise;
    this.ready = true;
    this.colours = null;
    this.arrange(this.places);
    this.recolour();
  }

  /** One panel for each place; those that were there before stay, and change over. */
  arrange(places) {
    this.places = places;
    if (!this.ready) return;
    const before = new Map(this.panels.map((panel) => [panel.slot, panel]));
    this.panels = places.map(({ slot, charts, chart }) => {
      let panel = before.get(slot);
      if (panel?.constructor === kindOf(chart)) before.delete(slot);
      else panel = this.newPanel(slot, chart);
      panel.offer(charts, chart);
      return panel;
    });
    for (const panel of before.values()) panel.remove();
    this.place.dataset.count = places.length;
    const elements = this.panels.map((panel) => panel.element);
    // Moving an element in the document costs; most often none has moved.
    if (elements.some((element, i) => this.place.children[i] !== element))
      this.place.replaceChildren(...elements);
    this.redrawAll();
  }

  newPanel(slot, chart) {
    const vary = (name) => this.viewer.vary(slot, name);
    const panel = new (kindOf(chart))(slot, vary, this.plotly);
    panel.element.append(this.viewer.saveButton(panel));
    return panel;
  }

  /** Ranges as they are by now: charts with another one are drawn anew at the next draw. */
  applyRanges(ranges) {
    for (const chart of this.header?.charts ?? []) {
      for (const [axis, range] of Object.entries(ranges[chart.name] ?? {})) {
        if (String(chart.layout[axis].range) === String(range)) continue;
        chart.layout[axis].range = range;
        for (const panel of this.panels) panel.outgrown ||= panel.chart === chart;
      }
    }
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
    const scrolled = this.root.closest("[data-testid=stMain]")?.scrollTop ?? 0;
    const top = this.root.getBoundingClientRect().top + scrolled;
    panels.style.setProperty("--l2viz-above", `${Math.ceil(top + above + 14)}px`);
    const size = `${panels.clientWidth} × ${panels.clientHeight}`;
    if (size === this.size) return;
    this.size = size;
    this.redrawAll();
  }

  /** Draws everything anew with type larger by a factor. */
  enlarge(factor) {
    this.enlargement = factor;
    this.redrawAll();
  }

  redrawAll() {
    this.wholeDraw = true;
    this.requestDraw();
  }

  requestDraw() {
    this.wantsDraw = true;
    this.root.dataset.asked++;
    if (!this.drawing) this.draw();
  }

  /** Draws until what is shown is where the viewer stands; positions in between are left out. */
  async draw() {
    if (!this.ready || !this.colours) return;
    this.drawing = true;
    const start = performance.now();
    while (this.wantsDraw && this.ready) {
      const whole = this.wholeDraw;
      this.wantsDraw = false;
      this.wholeDraw = false;
      const { asked } = this.root.dataset;
      const position = this.viewer.position();
      this.viewer.numbers(position);
      const { panels, colours } = this;
      const drawOne = async (panel) => {
        try {
          await this.drawPanel(panel, whole, position, colours);
        } catch (problem) {
          if (panels === this.panels) console.error("l2viz: a chart was not drawn:", problem);
        }
      };
      if (this.frame) await Promise.all(panels.map(drawOne));
      else await inTurn(panels, drawOne);
      if (panels === this.panels && this.ready) {
        this.frame += 1;
        this.viewer.painted(position);
        this.root.dataset.answered = asked;
      }
    }
    this.drawing = false;
    this.viewer.rests(performance.now() - start);
  }

  async drawPanel(panel, whole, position, colours) {
    const { data } = panel.chart;
    const anew = whole || panel.late || panel.outgrown;
    panel.enlargement = this.enlargement;
    panel.late = !(data?.epochCount > position.epoch); // it is still on its way
    if (panel.late) panel.wait();
    else if (anew) {
      panel.outgrown = false;
      await panel.draw(data, position, colours);
    } else await panel.move(data, position);
    if (!panel.late) panel.showNumbers(data, position);
  }

  remove() {
    this.ready = false;
    this.resizing.disconnect();
    window.removeEventListener("resize", this.onResize);
    this.panels.forEach((panel) => panel.remove());
  }
}

/** One after the other, each seen before the next is begun: when the page opens, that takes long. */
async function inTurn(panels, drawOne) {
  for (const panel of panels) {
    await drawOne(panel);
    await new Promise((done) => setTimeout(done));
  }
}

function kindOf({ traces }) {
  if (!traces) return LoadingPanel;
  return traces.every(({ type }) => type === "heatmap") ? PicturePanel : FigurePanel;
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
