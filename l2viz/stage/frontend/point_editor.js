// Handles over a chart's training points: drag one, double-click to add or remove one. With the
// keyboard: the arrows move the point in focus, Page Up and Page Down go to another one, Delete
// removes it, and Insert adds one beside it.

import { followPointer } from "./follow_pointer.js";
import { number } from "./format.js";
import { added, awaited, labelOfNew, moved, pointsOf, rounded, without } from "./points.js";

/** @import { DrawnLayout, Point, Trace } from "./types" */

const STEPS = 50; // of an arrow key, across an axis
const REST = 500; // milliseconds without a key, after which the points are trained
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PointEditor {
  /**
   * @param {HTMLElement} panel the element in which the handles stand
   * @param {HTMLElement} plot
   * @param {(points: Point[]) => void} onEdit called with all points when some have changed
   */
  constructor(panel, plot, onEdit) {
    this.panel = panel;
    this.plot = plot;
    this.onEdit = onEdit;
    this.layer = document.createElement("div");
    this.layer.className = "l2viz-points";
    this.layer.setAttribute("role", "group");
    this.layer.setAttribute("aria-label", "Training points: move with the arrow keys");
    /** @type {Point[]} */
    this.points = [];
    /** @type {DrawnLayout | null} */
    this.layout = null;
    this.edited = false; // and not drawn by a new run yet
    /** @type {Point[][]} */
    this.sent = []; // edits whose runs have not come yet
    this.replaced = true; // whether the next chart that is drawn is another one
    this.focused = 0; // the one point that the Tab key reaches
    /** @type {number | undefined} */
    this.resting = undefined;
    this.listening = new AbortController();
    const { signal } = this.listening;
    // Not "dblclick": Plotly covers the page while the button is down, so that there is none.
    plot.addEventListener("click", (event) => event.detail === 2 && this.addAt(event), { signal });
  }

  /**
   * Put the handles over the points of a chart that was drawn; none if they cannot be edited.
   *
   * @param {Trace[]} traces filled
   * @param {DrawnLayout} layout Plotly's own
   */
  show(traces, layout) {
    this.layout = layout;
    const drawn = pointsOf(traces);
    if (this.replaced) this.settle(drawn);
    if (!this.edited) this.points = drawn;
    if (!this.points.length) return this.layer.remove();
    this.place();
  }

  /** Tell that the next chart that is drawn is another one. */
  expectAnother() {
    this.replaced = true;
  }

  /**
   * Take the points of another chart, unless an edit was made since its run was asked for.
   *
   * @param {Point[]} drawn
   */
  settle(drawn) {
    this.replaced = false;
    const left = awaited(this.sent, drawn);
    this.sent = left ?? [];
    if (left && (left.length || this.resting !== undefined)) return;
    this.rest();
    this.edited = false;
  }

  /** Report nothing that is not reported yet. */
  rest() {
    window.clearTimeout(this.resting);
    this.resting = undefined;
  }

  remove() {
    this.rest();
    this.listening.abort();
    this.layer.remove();
  }

  /** Make as many handles as there are points, each over its point. */
  place() {
    const { layer, points, plot } = this;
    if (!layer.isConnected) this.panel.append(layer);
    layer.style.left = `${plot.offsetLeft}px`;
    layer.style.top = `${plot.offsetTop}px`;
    while (layer.children.length > points.length) layer.lastElementChild?.remove();
    while (layer.children.length < points.length) layer.append(this.handle());
    this.focused = Math.min(this.focused, points.length - 1);
    points.forEach((_, i) => this.placeOne(i));
    if (this.edited) return;
    for (const handle of layer.children) handle.removeAttribute("data-moved");
  }

  /** @param {number} index */
  placeOne(index) {
    const { layout, layer, points } = this;
    if (!layout) return;
    const { xaxis, yaxis } = layout;
    const [x, y, label] = points[index];
    const across = (x - xaxis.range[0]) / (xaxis.range[1] - xaxis.range[0]);
    const up = (y - yaxis.range[0]) / (yaxis.range[1] - yaxis.range[0]);
    const handle = /** @type {HTMLButtonElement} */ (layer.children[index]);
    handle.style.left = `${xaxis._offset + across * xaxis._length}px`;
    handle.style.top = `${yaxis._offset + (1 - up) * yaxis._length}px`;
    handle.tabIndex = index === this.focused ? 0 : -1;
    const kind = label === undefined ? "" : `, class ${label}`;
    const name = `Point ${index + 1} of ${points.length}: x ${number(x)}, y ${number(y)}${kind}`;
    handle.setAttribute("aria-label", name);
    handle.title = name;
  }

  handle() {
    const handle = document.createElement("button");
    handle.type = "button";
    const index = () => Array.from(this.layer.children).indexOf(handle);
    handle.addEventListener("pointerdown", (event) => this.drag(event, handle, index()));
    handle.addEventListener("keydown", (event) => this.press(event, index()));
    handle.addEventListener("focus", () => this.focus(index()));
    handle.addEventListener("click", ({ detail }) => {
      if (detail === 2) this.change(without(this.points, index()));
    });
    return handle;
  }

  /**
   * Move a point with the pointer until it is released.
   *
   * @param {PointerEvent} event
   * @param {HTMLElement} handle
   * @param {number} index
   */
  drag(event, handle, index) {
    if (event.button) return;
    const before = this.points;
    handle.setPointerCapture(event.pointerId);
    followPointer({
      onMove: (move) => {
        if (Math.hypot(move.clientX - event.clientX, move.clientY - event.clientY) < 3) return;
        handle.dataset.moved = "true";
        this.edited = true;
        this.points = moved(this.points, index, this.placeAt(move));
        this.placeOne(index);
      },
      onUp: () => {
        if (this.points !== before) this.change(this.points);
      },
      onCancel: () => {
        this.points = before;
        this.placeOne(index);
      },
    });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} index
   */
  press(event, index) {
    const { layout, points } = this;
    if (!layout || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key in MOVES) {
      const [right, up] = MOVES[/** @type {keyof typeof MOVES} */ (key)];
      this.points = moved(points, index, this.beside(points[index], right, up));
      this.placeOne(index);
      /** @type {HTMLElement} */ (this.layer.children[index]).dataset.moved = "true";
      this.changeSoon();
    } else if (key === "PageUp" || key === "PageDown") {
      const step = key === "PageUp" ? points.length - 1 : 1;
      const next = this.layer.children[(index + step) % points.length];
      /** @type {HTMLElement} */ (next).focus();
    } else if (key === "Delete" || key === "Backspace") {
      this.change(without(points, index));
      this.focusAgain();
    } else if (key === "Insert") {
      this.change(added(points, this.beside(points[index], 2, 0), points[index][2] ?? null));
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the stage's own keys
  }

  /** @param {number} index */
  focus(index) {
    const before = this.focused;
    this.focused = index;
    for (const each of [before, index]) if (each < this.points.length) this.placeOne(each);
  }

  focusAgain() {
    /** @type {HTMLElement | undefined} */ (this.layer.children[this.focused])?.focus();
  }

  /** @param {MouseEvent} event */
  addAt(event) {
    if (!this.layer.offsetParent) return; // no points here, or the opening or a cover hides them
    const label = labelOfNew(this.points, event.shiftKey);
    this.change(added(this.points, this.placeAt(event), label));
  }

  /**
   * Return where a pointer is, within the axes.
   *
   * @param {MouseEvent} event
   * @returns {[number, number]}
   */
  placeAt({ clientX, clientY }) {
    const { xaxis, yaxis } = /** @type {DrawnLayout} */ (this.layout);
    const box = this.plot.getBoundingClientRect();
    const across = (clientX - box.left - xaxis._offset) / xaxis._length;
    return this.within(across, 1 - (clientY - box.top - yaxis._offset) / yaxis._length);
  }

  /**
   * @param {Point} point
   * @param {number} right steps
   * @param {number} up steps
   * @returns {[number, number]}
   */
  beside([x, y], right, up) {
    const { xaxis, yaxis } = /** @type {DrawnLayout} */ (this.layout);
    const [low, high] = xaxis.range;
    const [bottom, top] = yaxis.range;
    return this.within(
      (x - low) / (high - low) + right / STEPS,
      (y - bottom) / (top - bottom) + up / STEPS,
    );
  }

  /**
   * @param {number} across share of the x axis
   * @param {number} up share of the y axis
   * @returns {[number, number]}
   */
  within(across, up) {
    const { xaxis, yaxis } = /** @type {DrawnLayout} */ (this.layout);
    /** @param {number} share @param {number[]} range */
    const on = (share, [from, to]) =>
      rounded(from + Math.min(Math.max(share, 0), 1) * (to - from));
    return [on(across, xaxis.range), on(up, yaxis.range)];
  }

  /** Report the points once no key was pressed for a while. */
  changeSoon() {
    this.rest();
    this.edited = true;
    this.resting = window.setTimeout(() => this.change(this.points), REST);
  }

  /** @param {Point[]} points */
  change(points) {
    this.rest();
    if (points === this.points && !this.edited) return; // no more can be added or removed
    this.points = points;
    this.edited = true;
    this.place();
    this.sent.push(points);
    this.onEdit(points);
  }
}
