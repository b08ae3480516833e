// The list of the stage's keys, opened by its button or by "?".

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
const NAMES = {
  " ": "space",
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageDown: "Page ↓",
  PageUp: "Page ↑",
};

export class KeyList {
  constructor(root, button) {
    root.insertAdjacentHTML("beforeend", TEMPLATE);
    this.popover = root.querySelector(".l2viz-keylist");
    const list = this.popover.querySelector("dl");
    for (const { keys, says } of KEYS) {
      const [term, meaning] = ["dt", "dd"].map((name) => document.createElement(name));
      term.append(...keys.map(keyCap));
      meaning.textContent = says;
      list.append(term, meaning);
    }
    this.popover.querySelector("[data-close]").onclick = () => this.popover.hidePopover();
    this.popover.ontoggle = ({ newState }) => {
      button.setAttribute("aria-expanded", String(newState === "open"));
      if (newState === "open") this.popover.querySelector("[data-close]").focus();
    };
    button.popoverTargetElement = this.popover;
    button.setAttribute("aria-expanded", "false");
  }

  toggle() {
    this.popover.togglePopover();
  }
}

function keyCap(key) {
  if (key === "…") return " … ";
  const cap = document.createElement("kbd");
  cap.textContent = NAMES[key] ?? key;
  return cap;
}
