// Draws the charts of a run: one panel for each, in the theme's colours and the window's size.

import { isLoaded } from "./chart_loader.js";
import { LoadingPanel } from "./panel.js";
import { PanelGrid } from "./panel_grid.js";
import { plotlyPromise } from "./plotly_loader.js";
import { isDark } from "./theme.js";

/** @import { DrawnPanel } from "./drawn_panel.js" */
/** @import { AnyPanel, PanelViewer } from "./panel_grid.js" */
/** @import { AxisName, Colours, OpeningHeader, Place, Plotly, Position, Ranges } from "./types" */

const OF_A_LARGE_CHART = 1.3; // enlargement of its text and lines

/**
 * position: where to draw.
 * onStart, onDrawn: called before and after each frame.
 * onIdle: called when nothing is left to draw, with the time that drawing took.
 *
 * @typedef {object} FrameViewer
 * @property {() => Position} position
 * @property {(position: Position) => void} onStart
 * @property {(position: Position) => void} onDrawn
 * @property {(milliseconds: number) => void} onIdle
 */

/** @typedef {FrameViewer & PanelViewer} Viewer */

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
    this.panelGrid = new PanelGrid(grid, viewer);
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
   * Show other places, from the next draw on.
   *
   * @param {Place[]} places
   */
  arrange(places) {
    this.places = places;
    if (!this.plotly) return;
    this.panelGrid.arrange(places, this.plotly);
    this.redrawAll();
  }

  get panels() {
    return this.panelGrid.panels;
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
    const scrolled = this.root.closest("[data-testid=stMain]")?.scrollTop ?? window.scrollY;
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
    this.drawHeadings(whole, position, colours);
    if (this.frame) await Promise.all(panels.map(drawOne));
    else await inTurn(panels, drawOne);
    if (panels !== this.panels || !this.plotly) return;
    this.frame += 1;
    this.viewer.onDrawn(position);
    this.setAnswered(asked);
  }

  /**
   * Draw the headings of charts that are drawn from the start, before any plot is measured: the
   * plots of a row are as high as its highest heading leaves them.
   *
   * @param {boolean} whole
   * @param {Position} position
   * @param {Colours} colours
   */
  drawHeadings(whole, position, colours) {
    const strengths = this.header?.strength_texts ?? [];
    for (const panel of this.panels) {
      if (panel instanceof LoadingPanel) panel.wait();
      else if (isFresh(panel, whole) && isThere(panel, position))
        panel.drawHeading(colours, position, strengths);
    }
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
    if (panel instanceof LoadingPanel) return;
    const fresh = isFresh(panel, whole);
    const large = this.grid.hasAttribute("data-large") ? OF_A_LARGE_CHART : 1;
    panel.enlargement = Math.max(this.enlargement, large);
    panel.late = !isThere(panel, position);
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
    this.panelGrid.remove();
  }
}

/**
 * Tell whether a chart is to be drawn from the start.
 *
 * @param {DrawnPanel} panel
 * @param {boolean} whole
 */
function isFresh(panel, whole) {
  return whole || panel.late || panel.outgrown;
}

/**
 * Tell whether the data of a position have arrived.
 *
 * @param {DrawnPanel} panel
 * @param {Position} position
 */
function isThere({ chart }, { epoch }) {
  return chart.data.epochCount > epoch;
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
