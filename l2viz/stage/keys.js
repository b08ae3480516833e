// The keyboard: a presenter's clicker sends PageUp and PageDown.

const ACTIONS = {
  " ": "togglePlay",
  ArrowRight: "strengthUp",
  ArrowLeft: "strengthDown",
  ArrowUp: "epochUp",
  ArrowDown: "epochDown",
  PageDown: "strengthUp",
  PageUp: "strengthDown",
  Home: "startOver",
  c: "chooseCharts",
};

const WIDGETS =
  "input, textarea, select, button, a, summary, [contenteditable=true], [role=slider], " +
  "[role=combobox], [role=listbox], [role=option], [role=radio], [role=tab], [role=dialog]";

/** Calls `actions[name]()` for the stage's keys, unless another control has the keyboard. */
export function listen(root, actions) {
  const onKey = (event) => {
    const number = /^[1-9]$/.test(event.key) ? Number(event.key) : null;
    const name = number ? "toggleChartNumber" : ACTIONS[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
    if (takenByWidget(event, root)) return;
    event.preventDefault();
    actions[name](number);
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

function takenByWidget(event, root) {
  const widget = event.target instanceof Element ? event.target.closest(WIDGETS) : null;
  if (!widget) return false;
  if (!root.contains(widget)) return true;
  if (widget.closest("[popover]") && /^(Arrow|Home|Page)/.test(event.key)) return true;
  if (widget.type === "range") return event.key.startsWith("Arrow"); // moves natively
  if (widget.tagName === "SELECT") return event.key !== "PageUp" && event.key !== "PageDown";
  return event.key === " ";
}
