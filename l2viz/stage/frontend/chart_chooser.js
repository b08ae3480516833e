// The list of all charts of a run, under their headings; those that are ticked stand on the stage.

import { find, moveFocus, placeBelow } from "./dom.js";

/** @import { Actions, Chart, Place } from "./types" */

const TEMPLATE = `
<div class="l2viz-chooser" popover role="dialog" aria-label="Charts on the stage">
  <div class="l2viz-chooser-head">
    <strong>Charts on the stage</strong>
    <button data-choose="reset">usual ones</button>
    <button data-choose="close" aria-label="Close">✕</button>
  </div>
  <div class="l2viz-chooser-list"></div>
  <p class="l2viz-chooser-about"></p>
</div>
`;

export class ChartChooser {
  /**
   * @param {HTMLElement} root
   * @param {HTMLButtonElement} button opens the list
   * @param {Pick<Actions, "toggleChart" | "resetCharts">} actions
   */
  constructor(root, button, actions) {
    root.insertAdjacentHTML("beforeend", TEMPLATE);
    this.button = button;
    this.actions = actions;
    this.most = 0; // charts on the stage at once
    this.popover = find(root, ".l2viz-chooser", HTMLElement);
    this.list = find(root, ".l2viz-chooser-list", HTMLElement);
    this.about = find(root, ".l2viz-chooser-about", HTMLElement);
    const reset = find(this.popover, '[data-choose="reset"]', HTMLButtonElement);
    const close = find(this.popover, '[data-choose="close"]', HTMLButtonElement);
    reset.onclick = () => actions.resetCharts();
    close.onclick = () => this.popover.hidePopover();
    this.popover.onkeydown = (event) => moveFocus(event, [...this.list.querySelectorAll("input")]);
    this.popover.addEventListener("toggle", (event) =>
      this.onToggle(/** @type {ToggleEvent} */ (event).newState === "open"),
    );
    button.popoverTargetElement = this.popover;
    button.setAttribute("aria-expanded", "false");
  }

  toggle() {
    this.popover.togglePopover();
  }

  /** @param {boolean} open */
  onToggle(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.explain(`Up to ${this.most} at once; one more takes the last place.`);
    placeBelow(this.popover, this.button, 6);
    this.list.querySelector("input")?.focus();
  }

  /**
   * List the slots of a run by heading, numbered as the digit keys do.
   *
   * @param {Map<string, Chart[]>} slots
   * @param {Place[]} places which are on the stage
   * @param {number} most charts at once
   */
  show(slots, places, most) {
    this.most = most;
    const active = document.activeElement;
    const focused =
      active instanceof HTMLElement && this.list.contains(active) ? active.dataset.slot : undefined;
    /** @type {Map<string, HTMLElement[]>} */
    const groups = new Map();
    [...slots].forEach(([slot, [chart]], i) => {
      const heading = chart.group || "Charts";
      const entry = this.entry(slot, chart, i + 1, places);
      groups.set(heading, [...(groups.get(heading) ?? []), entry]);
    });
    this.list.replaceChildren(
      ...[...groups].map(([heading, entries]) => {
        const group = document.createElement("fieldset");
        const legend = document.createElement("legend");
        legend.textContent = heading;
        group.append(legend, ...entries);
        return group;
      }),
    );
    const entries = [...this.list.querySelectorAll("input")];
    if (focused) entries.find(({ dataset }) => dataset.slot === focused)?.focus();
  }

  /**
   * @param {string} slot
   * @param {Chart} chart
   * @param {number} number
   * @param {Place[]} places
   */
  entry(slot, chart, number, places) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.dataset.slot = slot;
    box.checked = places.some((place) => place.slot === slot);
    box.onchange = () => this.actions.toggleChart(slot);
    const name = document.createElement("span");
    name.textContent = chart.title;
    label.append(box, name);
    if (number < 10) {
      const key = document.createElement("kbd");
      key.textContent = String(number);
      key.setAttribute("aria-hidden", "true");
      label.append(key);
    }
    label.title = chart.about;
    label.onmouseenter = () => this.explain(chart.about);
    box.onfocus = () => this.explain(chart.about);
    return label;
  }

  /** @param {string} text */
  explain(text) {
    this.about.textContent = text;
  }
}
