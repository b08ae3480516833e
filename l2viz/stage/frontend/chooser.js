// The list of all charts of a run, under their headings: what is ticked stands on the stage.

import { MOST } from "./layout.js";

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
const HINT = `Up to ${MOST} at once; one more takes the last place.`;

export class Chooser {
  /** `button` opens it; `actions`: toggleChart(slot), resetCharts(). */
  constructor(root, button, actions) {
    root.insertAdjacentHTML("beforeend", TEMPLATE);
    this.button = button;
    this.actions = actions;
    this.popover = root.querySelector(".l2viz-chooser");
    this.list = root.querySelector(".l2viz-chooser-list");
    this.about = root.querySelector(".l2viz-chooser-about");
    this.popover.querySelector('[data-choose="reset"]').onclick = () => actions.resetCharts();
    this.popover.querySelector('[data-choose="close"]').onclick = () => this.popover.hidePopover();
    this.popover.onkeydown = (event) => this.walk(event);
    this.popover.ontoggle = ({ newState }) => this.opened(newState === "open");
    button.popoverTargetElement = this.popover;
    button.setAttribute("aria-expanded", "false");
  }

  toggle() {
    this.popover.togglePopover();
  }

  opened(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.explain(HINT);
    const { right, bottom } = this.button.getBoundingClientRect();
    const width = this.popover.offsetWidth;
    this.popover.style.left = `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`;
    this.popover.style.top = `${Math.max(8, Math.min(bottom + 6, innerHeight - this.popover.offsetHeight - 8))}px`;
    this.list.querySelector("input")?.focus();
  }

  /** The slots of a run by heading, numbered as the digit keys do, and which are on the stage. */
  show(slots, places) {
    const focused = this.list.contains(document.activeElement)
      ? document.activeElement.dataset.slot
      : null;
    const groups = new Map();
    [...slots].forEach(([slot, [chart]], i) => {
      const heading = chart.group || "Charts";
      groups.set(heading, [...(groups.get(heading) ?? []), this.entry(slot, chart, i + 1, places)]);
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
    if (focused) this.list.querySelector(`[data-slot="${CSS.escape(focused)}"]`)?.focus();
  }

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
      key.textContent = number;
      key.setAttribute("aria-hidden", "true");
      label.append(key);
    }
    label.title = chart.about;
    label.onmouseenter = () => this.explain(chart.about);
    box.onfocus = () => this.explain(chart.about);
    return label;
  }

  explain(text) {
    this.about.textContent = text;
  }

  /** Up and down go through the list. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const boxes = [...this.list.querySelectorAll("input")];
    const at = boxes.indexOf(document.activeElement) + step;
    boxes[(at + boxes.length) % boxes.length]?.focus();
  }
}
