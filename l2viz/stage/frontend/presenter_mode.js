// Presenter mode: large text and two charts; and results hidden until the class has guessed.

/** @import { ChartRenderer } from "./chart_renderer.js" */
/** @import { Layout } from "./layout.js" */
/** @import { QrCode } from "./qr_code.js" */

const CHARTS = 2;
const ENLARGEMENT = 1.6;

export class PresenterMode {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} button
   * @param {Layout} layout
   * @param {ChartRenderer} renderer
   * @param {QrCode} qrCode
   */
  constructor(root, button, layout, renderer, qrCode) {
    this.root = root;
    this.button = button;
    this.layout = layout;
    this.renderer = renderer;
    this.qrCode = qrCode;
    this.on = false;
    /** @type {string[]} */
    this.open = [];
    this.set(false);
  }

  /** @param {boolean} on */
  set(on) {
    this.on = on;
    this.root.dataset.presenter = String(on);
    this.button.setAttribute("aria-pressed", String(on));
    this.qrCode.offer(on);
    this.layout.limit = on ? CHARTS : null;
    this.renderer.enlarge(on ? ENLARGEMENT : 1);
  }

  /** Hide or show the results: all charts, the numbers and the verdict. */
  toggleCover() {
    this.cover(!this.covers);
  }

  get covers() {
    return this.root.dataset.covered === "true";
  }

  /**
   * @param {boolean} covered
   * @param {string[]} open names of the charts that stay open
   */
  cover(covered, open = []) {
    this.open = open;
    this.root.dataset.covered = String(covered);
    this.markPanels();
  }

  /** Mark the panels that stay open; called again whenever others stand there. */
  markPanels() {
    for (const panel of this.root.querySelectorAll(".l2viz-panel")) {
      if (!(panel instanceof HTMLElement)) continue;
      const name = panel.dataset.chart ?? "";
      panel.toggleAttribute("data-open", this.open.includes(name));
    }
  }
}
