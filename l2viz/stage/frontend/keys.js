// The keyboard, and the list of its keys: a presenter's clicker sends PageUp and PageDown.

/** keys: as an event names them; says: for the list, which leaves out what is a second name. */
export const KEYS = [
  { keys: [" "], action: "playOrTrain", says: "play or pause; train, when settings were changed" },
  { keys: ["t"], action: "train", says: "train" },
  { keys: ["ArrowRight", "PageDown"], action: "strengthUp", says: "stronger" },
  { keys: ["ArrowLeft", "PageUp"], action: "strengthDown", says: "weaker" },
  { keys: ["ArrowUp", "s"], action: "epochUp", says: "one step on" },
  { keys: ["ArrowDown"], action: "epochDown", says: "one step back" },
  { keys: ["Home"], action: "startOver", says: "start over: play from the first epoch" },
  { keys: ["b"], action: "goBest", says: "to the strength that is best on validation data" },
  { keys: ["c"], action: "chooseCharts", says: "choose the charts" },
  { keys: ["1", "…", "9"], action: null, says: "a chart onto the stage, or off it" },
  { keys: ["p"], action: "present", says: "presenter mode: large type, two charts" },
  { keys: ["h"], action: "cover", says: "hide what comes out, and reveal it" },
  { keys: ["0"], action: "reset", says: "reset: λ = 0, the last epoch, no pins, nothing hidden" },
  { keys: ["f"], action: "fullScreen", says: "full screen" },
  { keys: ["?"], action: "showKeys", says: "this list" },
];

const ACTIONS = new Map(KEYS.flatMap(({ keys, action }) => keys.map((key) => [key, action])));

const WIDGETS =
  "input, textarea, select, button, a, summary, [contenteditable=true], [role=slider], " +
  "[role=combobox], [role=listbox], [role=option], [role=radio], [role=tab], [role=dialog]";

/** Calls `actions[name]()` for the stage's keys, unless another control has the keyboard. */
export function listen(root, actions) {
  const onKey = (event) => {
    const number = /^[1-9]$/.test(event.key) ? Number(event.key) : null;
    const name = number ? "toggleChartNumber" : ACTIONS.get(event.key);
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
