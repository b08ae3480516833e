// The list of the stage's keys, opened by its button or by "?".

import { find } from "./dom.js";
import { KEYS } from "./keys.js";

const TEMPLATE = `
<div class="l2viz-keylist" popover role="dialog" aria-label="Keys">
  <div class="l2viz-chooser-head">
    <strong>Keys</strong>
    <button data-close aria-label="Close">✕</button>
  </div>
  <dl></dl>
</div>
`;
/** @type {Record<string, string>} */
const CAPS = {
  " ": "space",
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageDown: "Page ↓",
  PageUp: "Page ↑",
};

export class KeyList {
  /**
   * @param {HTMLElement} root
   * @param {HTMLButtonElement} button opens the list
   */
  constructor(root, button) {
    root.insertAdjacentHTML("beforeend", TEMPLATE);
    this.popover = find(root, ".l2viz-keylist", HTMLElement);
    const close = find(this.popover, "[data-close]", HTMLButtonElement);
    const list = find(this.popover, "dl", HTMLElement);
    const isAlone = root.hasAttribute("data-alone");
    const hasTour = !isAlone || root.hasAttribute("data-tour");
    for (const { keys, help, alone, tours } of KEYS) {
      const said = isAlone && alone !== undefined ? alone : help;
      if (said === null || (tours && !hasTour)) continue;
      const term = document.createElement("dt");
      term.append(...keys.map(keyCap));
      const meaning = document.createElement("dd");
      meaning.textContent = said;
      list.append(term, meaning);
    }
    close.onclick = () => this.popover.hidePopover();
    this.popover.addEventListener("toggle", (event) => {
      const open = /** @type {ToggleEvent} */ (event).newState === "open";
      button.setAttribute("aria-expanded", String(open));
      if (open) close.focus();
    });
    button.popoverTargetElement = this.popover;
    button.setAttribute("aria-expanded", "false");
  }

  toggle() {
    this.popover.togglePopover();
  }
}

/** @param {string} key */
function keyCap(key) {
  if (key === "…") return " … ";
  const cap = document.createElement("kbd");
  cap.textContent = CAPS[key] ?? key;
  return cap;
}
