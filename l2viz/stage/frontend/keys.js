// The stage's keys, and what each does. A presenter's clicker sends PageUp and PageDown.

/** @import { PlainAction } from "./types" */

/**
 * keys: as a keyboard event names them; help: for the list of keys; alone: the same where the stage
 * has no server, null if the key does nothing there; tours: whether it needs a guided tour.
 *
 * @type {{ keys: string[], action: PlainAction | null, help: string, alone?: string | null,
 *   tours?: true }[]}
 */
export const KEYS = [
  {
    keys: [" "],
    action: "playOrTrain",
    help: "play or pause; train, when settings were changed",
    alone: "play or pause",
  },
  { keys: ["t"], action: "train", help: "train", alone: null },
  { keys: ["ArrowRight", "PageDown"], action: "strengthUp", help: "stronger" },
  { keys: ["ArrowLeft", "PageUp"], action: "strengthDown", help: "weaker" },
  { keys: ["ArrowUp", "s"], action: "epochUp", help: "one step forward" },
  { keys: ["ArrowDown"], action: "epochDown", help: "one step back" },
  { keys: ["Home"], action: "startOver", help: "start over: play from the first epoch" },
  { keys: ["b"], action: "goBest", help: "go to the strength that is best on validation data" },
  { keys: ["c"], action: "chooseCharts", help: "choose the charts" },
  { keys: ["1", "…", "9"], action: null, help: "put a chart on the stage, or take it off" },
  {
    keys: ["Enter"],
    action: null,
    help: "on a chart's ⤢: enlarge it; in a drawn guess: send it",
    alone: "on a chart's ⤢: enlarge it",
  },
  { keys: ["Alt ←", "→"], action: null, help: "on a chart's buttons: move the chart" },
  { keys: ["Escape"], action: "showAllCharts", help: "close what is open; show all charts" },
  { keys: ["p"], action: "present", help: "presenter mode: large type, two charts" },
  { keys: ["q"], action: "showCode", help: "QR code of this page, for phones" },
  { keys: ["h"], action: "cover", help: "hide all charts, numbers and results, and reveal them" },
  { keys: ["0"], action: "reset", help: "reset: λ = 0, the last epoch, no pins, nothing hidden" },
  { keys: ["f"], action: "fullScreen", help: "full screen" },
  { keys: ["n"], action: null, help: "the guided tour, and its next scene", tours: true },
  { keys: ["Shift + n"], action: null, help: "the scene before", tours: true },
  { keys: ["l"], action: null, help: "leave the tour", tours: true },
  { keys: ["?"], action: "showKeys", help: "this list" },
];

const ACTIONS = new Map(
  KEYS.flatMap(({ keys, action }) =>
    action ? keys.map((key) => /** @type {const} */ ([key, action])) : [],
  ),
);

/**
 * Return the action of a key; null if the key is none of the stage's.
 *
 * @param {string} key
 * @returns {PlainAction | null}
 */
export function actionOf(key) {
  return ACTIONS.get(key) ?? null;
}

/**
 * Return the number of a chart that a digit key stands for; null for any other key.
 *
 * @param {string} key
 */
export function chartNumberOf(key) {
  return /^[1-9]$/.test(key) ? Number(key) : null;
}

/**
 * Tell whether the focused control needs a key for itself.
 *
 * @param {string} key
 * @param {{ onStage: boolean, inPopover: boolean, tag: string, type: string }} control
 */
export function isTakenBy(key, { onStage, inPopover, tag, type }) {
  if (!onStage) return true;
  if (inPopover && /^(Arrow|Home|Page)/.test(key)) return true;
  if (type === "range") return key.startsWith("Arrow");
  if (tag === "SELECT") return key !== "PageUp" && key !== "PageDown";
  return key === " ";
}
