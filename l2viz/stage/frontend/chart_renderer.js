// Draws the charts of a run: one panel for each, in the theme's colours and the window's size.

import { isLoaded } from "./chart_loader.js";
import { HeatmapPanel } from "./heatmap_panel.js";
import { isHeatmap } from "./heatmap.js";
import { LoadingPanel } from "./panel.js";
import { plotlyPromise } from "./plotly_loader.js";
import { PlotlyPanel } from "./plotly_panel.js";
import { isDark } from "./theme.js";

/** @import { AxisName, ClickedPlace, Colours, OpeningHeader, Place, Plotly, Point, Position, Ranges } from "./types" */

/** @typedef {LoadingPanel | HeatmapPanel | PlotlyPanel} AnyPanel */

/**
 * position: where to draw.
 * onStart, onDrawn: called before and after each frame.
 * onIdle: called when nothing is left to draw, with the time that drawing took.
 * onVariant: called when the viewer chose another variant.
 * saveButton: makes a button that stands in a panel.
 * onClick: called when the viewer chose a strength or an epoch in a chart.
 * onPoints: called when the viewer changed the training points in a chart.
 *
 * @typedef {object} Viewer
 * @property {() => Position} position
 * @property {(position: Position) => void} onStart
 * @property {(position: Position) => void} onDrawn
 * @property {(milliseconds: number) => void} onIdle
 * @property {(slot: string, name: string) => void} onVariant
 * @property {(panel: AnyPanel) => HTMLElement} saveButton
 * @property {(place: ClickedPlace) => void} onClick
 * @property {(points: Point[]) => void} onPoints
 */

export class ChartRenderer {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} grid the element of all panels
   * @param {Viewer} viewer
   */
  constructor(root, grid, viewer) {
    this.root = root;
    this.grid = grid;
    this.viewer = viewer;
    /** @type {AnyPanel[]} */
    this.panels = [];
    /** @type {Place[]} */
    this.places = [];
    /** @type {OpeningHeader | null} */
    this.header = null;
    /** @type {Plotly | null} */
    this.plotly = null; // null: not ready to draw
    /** @type {Colours | null} */
    this.colours = null;
    this.frame = 0; // drawn so far
    this.drawing = false;
    this.wantsDraw = false;
    this.wantsWholeDraw = false;
    this.enlargement = 1;
    this.size = "";
    this.asked = 0;
    this.setAnswered(0);
    root.dataset.asked = "0";
    this.onResize = () => this.fit();
    this.resizing = new ResizeObserver(this.onResize);
    this.resizing.observe(root);
    // What Streamlit puts above the stage later moves it, at the size it has.
    this.resizing.observe(root.closest("[data-testid=stMainBlockContainer]") ?? root);
    window.addEventListener("resize", this.onResize);
  }

  /**
   * Draw another run.
   *
   * @param {OpeningHeader} header
   * @param {Place[]} places
   */
  async begin(header, places) {
    this.header = header;
    this.places = places;
    this.plotly = null;
    this.plotly = await plotlyPromise;
    this.colours = null;
    this.arrange(this.places);
    this.recolour();
  }

  /**
   * Make one panel for each place; panels that were there before stay, and change over.
   *
   * @param {Place[]} places
   */
  arrange(places) {
    this.places = places;
    const { plotly } = this;
    if (!plotly) return;
    const before = new Map(this.panels.map((panel) => [panel.slot, panel]));
    this.panels = places.map((place) => {
      const old = before.get(place.slot);
      const panel = this.panelFor(place, old, plotly);
      if (panel === old) before.delete(place.slot);
      else panel.element.append(this.viewer.saveButton(panel));
      return panel;
    });
    for (const panel of before.values()) panel.remove();
    this.grid.dataset.count = String(places.length);
    const elements = this.panels.map((panel) => panel.element);
    // Moving an element in the document costs; most often none has moved.
    if (elements.some((element, i) => this.grid.children[i] !== element))
      this.grid.replaceChildren(...elements);
    this.redrawAll();
  }

  /**
   * Return the old panel, if it is of the right kind, or a new one.
   *
   * @param {Place} place
   * @param {AnyPanel | undefined} old
   * @param {Plotly} plotly
   * @returns {AnyPanel}
   */
  panelFor({ slot, charts, chart }, old, plotly) {
    /** @param {string} name */
    const onVariant = (name) => this.viewer.onVariant(slot, name);
    const { onClick, onPoints } = this.viewer;
    if (!isLoaded(chart)) {
      if (!(old instanceof LoadingPanel)) return new LoadingPanel(slot, charts, chart);
      old.offer(charts, chart);
      return old;
    }
    if (old instanceof (chart.traces.every(isHeatmap) ? HeatmapPanel : PlotlyPanel)) {
      old.offer(charts, chart);
      return old;
    }
    return chart.traces.every(isHeatmap)
      ? new HeatmapPanel(slot, charts, chart, onVariant)
      : new PlotlyPanel(slot, charts, chart, onVariant, plotly, onClick, onPoints);
  }

  /**
   * Follow the axes' ranges as a run grows; charts with a new range are redrawn at the next draw.
   *
   * @param {Ranges} ranges
   */
  applyRanges(ranges) {
    for (const chart of this.header?.charts ?? []) {
      if (!isLoaded(chart)) continue;
      for (const [axis, range] of Object.entries(ranges[chart.name] ?? {})) {
        const drawn = chart.layout[/** @type {AxisName} */ (axis)];
        if (!drawn || String(drawn.range) === String(range)) continue;
        drawn.range = range;
        for (const panel of this.panels)
          if (!(panel instanceof LoadingPanel)) panel.outgrown ||= panel.chart === chart;
      }
    }
  }

  /** Follow Streamlit's theme. */
  recolour() {
    if (!this.header) return;
    const theme = isDark(this.root) ? "dark" : "light";
    const colours = this.header.themes[theme];
    if (colours === this.colours) return;
    this.root.dataset.theme = theme;
    this.root.style.setProperty("--pin-a", colours["@a"]);
    this.root.style.setProperty("--pin-b", colours["@b"]);
    this.root.style.setProperty("--best", colours["@best"]);
    this.colours = colours;
    this.redrawAll();
  }

  /** Give the charts the height that is left of the window. */
  fit() {
    const { grid } = this;
    const rootTop = this.root.getBoundingClientRect().top;
    const above = grid.getBoundingClientRect().top - rootTop;
    const scrolled = this.root.closest("[data-testid=stMain]")?.scrollTop ?? 0;
    grid.style.setProperty("--l2viz-above", `${Math.ceil(rootTop + scrolled + above + 14)}px`);
    const size = `${grid.clientWidth} × ${grid.clientHeight}`;
    if (size === this.size) return;
    this.size = size;
    this.redrawAll();
  }

  /**
   * Redraw everything with larger text and lines.
   *
   * @param {number} factor
   */
  enlarge(factor) {
    this.enlargement = factor;
    this.redrawAll();
  }

  redrawAll() {
    this.wantsWholeDraw = true;
    this.requestDraw();
  }

  requestDraw() {
    this.wantsDraw = true;
    this.asked += 1;
    this.root.dataset.asked = String(this.asked);
    if (!this.drawing) this.draw();
  }

  /** Draw until the viewer's position is shown; positions in between are left out. */
  async draw() {
    if (!this.plotly || !this.colours) return;
    this.drawing = true;
    const start = performance.now();
    while (this.wantsDraw && this.plotly && this.colours) {
      const whole = this.wantsWholeDraw;
      this.wantsDraw = false;
      this.wantsWholeDraw = false;
      await this.drawFrame(whole, this.colours);
    }
    this.drawing = false;
    this.viewer.onIdle(performance.now() - start);
  }

  /**
   * @param {boolean} whole redraw every chart from the start
   * @param {Colours} colours
   */
  async drawFrame(whole, colours) {
    const { asked, panels } = this;
    const position = this.viewer.position();
    this.viewer.onStart(position);
    /** @param {AnyPanel} panel */
    const drawOne = async (panel) => {
      try {
        await this.drawPanel(panel, whole, position, colours);
      } catch (problem) {
        if (panels === this.panels) console.error("l2viz: a chart was not drawn:", problem);
      }
    };
    if (this.frame) await Promise.all(panels.map(drawOne));
    else await inTurn(panels, drawOne);
    if (panels !== this.panels || !this.plotly) return;
    this.frame += 1;
    this.viewer.onDrawn(position);
    this.setAnswered(asked);
  }

  /**
   * Tell observers how many of the requested draws are done: all, once it equals `asked`.
   *
   * @param {number} count
   */
  setAnswered(count) {
    this.root.dataset.answered = String(count);
  }

  /**
   * @param {AnyPanel} panel
   * @param {boolean} whole
   * @param {Position} position
   * @param {Colours} colours
   */
  async drawPanel(panel, whole, position, colours) {
    if (panel instanceof LoadingPanel) {
      panel.wait();
      return;
    }
    const fresh = whole || panel.late || panel.outgrown;
    panel.enlargement = this.enlargement;
    panel.late = panel.chart.data.epochCount <= position.epoch;
    if (panel.late) return;
    if (fresh) {
      panel.outgrown = false;
      await panel.draw(position, colours);
    } else await panel.move(position);
    panel.showNumbers(position);
  }

  remove() {
    this.plotly = null;
    this.resizing.disconnect();
    window.removeEventListener("resize", this.onResize);
    for (const panel of this.panels) panel.remove();
  }
}

/**
 * Draw one panel after the other, each seen before the next begins: when the page opens, that
 * takes long.
 *
 * @param {AnyPanel[]} panels
 * @param {(panel: AnyPanel) => Promise<void>} drawOne
 */
async function inTurn(panels, drawOne) {
  for (const panel of panels) {
    await drawOne(panel);
    await new Promise((done) => setTimeout(done));
  }
}
