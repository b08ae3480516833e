// Lets a viewer enlarge a chart, and move it to another place: by mouse, and by keyboard.

import { followPointer } from "./follow_pointer.js";

/** @import { AnyPanel } from "./panel_grid.js" */
/** @import { Actions } from "./types" */

const ENLARGE = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 2h5v2H4v3H2zM9 12h3V9h2v5H9z"/></svg>`;
const REDUCE = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 2h2v5H2V5h3zM9 9h5v2h-3v3H9z"/></svg>`;
const HINT = "Enlarge (f). To move the chart, drag its title, or press Alt and an arrow key";
const BACK = "Back to all charts (Escape)";
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
const SLACK = 6; // pixels that a pressed pointer may move before it drags

export class Arranging {
  /**
   * @param {HTMLElement} grid the element of all panels
   * @param {Pick<Actions, "enlargeChart" | "moveChart">} actions
   */
  constructor(grid, actions) {
    this.grid = grid;
    this.actions = actions;
    grid.addEventListener("keydown", (event) => this.onKey(event));
    grid.addEventListener("pointerdown", (event) => this.onPress(event));
  }

  /**
   * Make the button that enlarges the chart of a panel, or shows all charts again.
   *
   * @param {AnyPanel} panel
   */
  button({ slot, chart }) {
    const button = document.createElement("button");
    button.className = "l2viz-enlarge";
    button.setAttribute("aria-label", `Enlarge ${chart.title}`);
    button.setAttribute("aria-keyshortcuts", "f Alt+ArrowLeft Alt+ArrowRight");
    button.onclick = () => this.actions.enlargeChart(slot);
    showLarge(button, false);
    return button;
  }

  /** @param {number | null} place of the chart that is enlarged; null: none is */
  show(place) {
    const large = place !== null;
    if (large) this.grid.dataset.large = String(place);
    else delete this.grid.dataset.large;
    for (const button of this.grid.querySelectorAll("button.l2viz-enlarge"))
      showLarge(/** @type {HTMLButtonElement} */ (button), large);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const panel = panelOf(event.target);
    if (!panel || event.ctrlKey || event.metaKey) return;
    const step = event.altKey ? STEPS[event.key] : undefined;
    if (step) this.actions.moveChart(slotOf(panel), this.placeOf(panel) + step);
    else if (event.key === "f" && !event.altKey && !(event.target instanceof HTMLSelectElement))
      this.actions.enlargeChart(slotOf(panel));
    else return;
    event.preventDefault(); // Alt and an arrow would leave the page
    event.stopPropagation();
  }

  /** @param {PointerEvent} event */
  onPress(event) {
    const target = event.target instanceof Element ? event.target : null;
    const heading = target?.closest(".l2viz-heading");
    const panel = panelOf(target);
    const alone = this.grid.childElementCount < 2;
    if (!heading || !panel || alone || event.button || event.pointerType === "touch") return;
    if (target?.closest("button, select")) return;
    event.preventDefault(); // no text is selected
    this.drag(panel, event);
  }

  /**
   * Follow the pointer until it is released: above the chart whose place this one takes.
   *
   * @param {HTMLElement} panel
   * @param {PointerEvent} start
   */
  drag(panel, start) {
    /** @type {HTMLElement | null} */
    let aim = null;
    const end = () => {
      delete panel.dataset.dragged;
      delete aim?.dataset.aim;
    };
    const onMove = (/** @type {PointerEvent} */ { clientX, clientY }) => {
      const way = Math.hypot(clientX - start.clientX, clientY - start.clientY);
      if (way < SLACK && !("dragged" in panel.dataset)) return;
      panel.dataset.dragged = "";
      delete aim?.dataset.aim;
      const below = panelOf(document.elementFromPoint(clientX, clientY));
      aim = below && below !== panel && this.grid.contains(below) ? below : null;
      if (aim) aim.dataset.aim = "";
    };
    const onUp = () => {
      const place = aim ? this.placeOf(aim) : -1;
      end();
      if (place >= 0) this.actions.moveChart(slotOf(panel), place);
    };
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      drag.abort();
      end();
    };
    const drag = followPointer({ onMove, onUp, onCancel: end });
    window.addEventListener("keydown", onKey, { signal: drag.signal, capture: true });
  }

  /** @param {HTMLElement} panel */
  placeOf(panel) {
    return [...this.grid.children].indexOf(panel);
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {boolean} large
 */
function showLarge(button, large) {
  button.setAttribute("aria-pressed", String(large));
  button.title = large ? BACK : HINT;
  button.innerHTML = large ? REDUCE : ENLARGE;
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function panelOf(target) {
  return target instanceof Element ? target.closest(".l2viz-panel") : null;
}

/** @param {HTMLElement} panel */
function slotOf(panel) {
  return panel.dataset.slot ?? "";
}
