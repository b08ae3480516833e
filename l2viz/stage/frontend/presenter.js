// Presenter mode: large type and two charts; and what comes out, hidden until the class has guessed.

import { MOST } from "./layout.js";

const CHARTS = 2;
const ENLARGEMENT = 1.6;

export class Presenter {
  constructor(root, button, layout, painter) {
    this.root = root;
    this.button = button;
    this.layout = layout;
    this.painter = painter;
    this.set(false);
  }

  set(on) {
    this.on = on;
    this.root.dataset.presenter = on;
    this.button.setAttribute("aria-pressed", String(on));
    this.layout.capacity = on ? CHARTS : MOST;
    this.painter.enlarge(on ? ENLARGEMENT : 1);
  }

  /** All charts but the first, the numbers and the verdict. */
  toggleCover() {
    this.root.dataset.covered = this.root.dataset.covered !== "true";
  }

  cover(covered) {
    this.root.dataset.covered = Boolean(covered);
  }

  uncover() {
    this.cover(false);
  }
}
