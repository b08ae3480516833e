// What each key does, and when another control needs it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, actionOf, chartNumberOf, isTakenBy } from "../../l2viz/stage/frontend/keys.js";

const control = { onStage: true, inPopover: false, tag: "DIV", type: "" };
const taken = (of, keys) => keys.filter((key) => isTakenBy(key, { ...control, ...of }));

const ALL = [" ", "t", "ArrowRight", "ArrowUp", "PageDown", "PageUp", "Home", "1", "?"];

test("every key has its action", () => {
  const actions = Object.fromEntries(
    KEYS.flatMap(({ keys }) => keys).map((key) => [key, actionOf(key)]),
  );
  assert.deepEqual(actions, {
    " ": "playOrTrain",
    t: "train",
    ArrowRight: "strengthUp",
    PageDown: "strengthUp",
    ArrowLeft: "strengthDown",
    PageUp: "strengthDown",
    ArrowUp: "epochUp",
    s: "epochUp",
    ArrowDown: "epochDown",
    Home: "startOver",
    b: "goBest",
    c: "chooseCharts",
    1: null,
    "…": null,
    9: null,
    Enter: null,
    "Alt ←": null,
    "→": null,
    Escape: "showAllCharts",
    p: "present",
    q: "showCode",
    h: "cover",
    0: "reset",
    f: "fullScreen",
    n: null,
    "Shift + n": null,
    l: null,
    "?": "showKeys",
  });
});

test("no key is listed twice, and every entry has a help text", () => {
  const keys = KEYS.flatMap((entry) => entry.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(
    KEYS.filter(({ help }) => help.length < 4),
    [],
  );
});

test("other keys have no action", () => {
  assert.deepEqual(["x", "Enter", "Tab", "constructor"].map(actionOf), [null, null, null, null]);
});

test("the digits from 1 on number the charts", () => {
  assert.deepEqual(["1", "5", "9", "0", "12", "a", ""].map(chartNumberOf), [
    1,
    5,
    9,
    null,
    null,
    null,
    null,
  ]);
});

test("a control elsewhere on the page keeps every key", () => {
  assert.deepEqual(taken({ onStage: false, tag: "INPUT", type: "text" }, ALL), ALL);
});

test("a slider of the stage keeps the arrows", () => {
  assert.deepEqual(taken({ tag: "INPUT", type: "range" }, ALL), ["ArrowRight", "ArrowUp"]);
});

test("a list of the stage keeps all but the clicker's keys", () => {
  assert.deepEqual(
    taken({ tag: "SELECT" }, ALL),
    ALL.filter((key) => !["PageDown", "PageUp"].includes(key)),
  );
});

test("a button of the stage keeps the space", () => {
  assert.deepEqual(taken({ tag: "BUTTON" }, ALL), [" "]);
});

test("a popover keeps the keys that move through it", () => {
  assert.deepEqual(taken({ inPopover: true, tag: "INPUT", type: "checkbox" }, ALL), [
    " ",
    "ArrowRight",
    "ArrowUp",
    "PageDown",
    "PageUp",
    "Home",
  ]);
});
