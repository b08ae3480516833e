// Listens to the keyboard for the stage.

import { actionOf, chartNumberOf, isTakenBy } from "./keys.js";

/** @import { Actions } from "./types" */

const CONTROLS =
  "input, textarea, select, button, a, summary, [contenteditable=true], [role=slider], " +
  "[role=combobox], [role=listbox], [role=option], [role=radio], [role=tab], [role=dialog]";

/**
 * Call the actions of pressed keys, unless the focused control needs the key.
 *
 * @param {Element} root
 * @param {Actions} actions
 * @returns {() => void} stops listening
 */
export function listen(root, actions) {
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    // Escape closes a list that is open, and does no more.
    if (event.key === "Escape" && document.querySelector(":popover-open")) return;
    const chart = chartNumberOf(event.key);
    const action = actionOf(event.key);
    if (chart === null && action === null) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTakenByControl(event, root)) return;
    if (event.key !== "Escape") event.preventDefault();
    if (chart !== null) actions.toggleChartNumber(chart);
    else if (action !== null) actions[action]();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

/**
 * @param {KeyboardEvent} event
 * @param {Element} root
 */
function isTakenByControl({ key, target }, root) {
  const control = target instanceof Element ? target.closest(CONTROLS) : null;
  if (!control) return false;
  return isTakenBy(key, {
    onStage: root.contains(control),
    inPopover: control.closest("[popover]") !== null,
    tag: control.tagName,
    type: control instanceof HTMLInputElement ? control.type : "",
  });
}
