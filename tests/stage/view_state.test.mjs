// Where a viewer is in a run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ViewState } from "../../l2viz/stage/frontend/view_state.js";

const HEADER = {
  charts: ["fit", "norms", "loss"].map((name) => ({ slot: name, name })),
  most_charts: 2,
  strengths: [0, 0.01, 0.1, 1],
  strength_texts: ["0", "0.01", "0.1", "1"],
  recorded_epochs: [0, 10, 20, 40],
  readouts: [
    { array: "loss", form: "number" },
    { array: "accuracy", form: "percent" },
  ],
};
const VIEW = { ...{ strength: 0, epoch: null, a: null, b: null }, charts: null, large: null, presenter: false };

/** Numbers that tell from where they come: epoch.member. */
const DATA = {
  epochCount: 4,
  number: (name, epoch, member) => (name === "best_strength" ? 2 : epoch + member / 10),
};

function opened({ epochCount = 4 } = {}) {
  const state = new ViewState();
  state.open(HEADER, { ...DATA, epochCount });
  return state;
}

test("before a run has begun there is no epoch and no view", () => {
  const state = new ViewState();
  assert.equal(state.last, -1);
  assert.throws(() => state.view(false), new Error("l2viz: no run is shown yet"));
});

test("a view stands at the nearest strengths of the run", () => {
  const state = opened();
  state.goTo({ ...VIEW, strength: 0.09, epoch: 20, a: 7, b: 0.004 }, true, false);
  assert.deepEqual(state.position(), { strength: 2, epoch: 2, a: 3, b: 0 });
  assert.deepEqual(state.view(true), {
    ...VIEW,
    strength: 0.1,
    epoch: 20,
    a: 1,
    b: 0,
    presenter: true,
  });
});

test("without an epoch, or with one that was not recorded, it stands at the end", () => {
  const state = opened();
  for (const epoch of [null, 15]) {
    state.goTo({ ...VIEW, strength: null, epoch }, true, false);
    assert.deepEqual(state.position(), { strength: 0, epoch: 3, a: null, b: null });
    assert.deepEqual(state.view(false), VIEW);
  }
});

test("a run that trains is followed from its start", () => {
  const state = opened({ epochCount: 2 });
  state.goTo({ ...VIEW, epoch: 10 }, false, true);
  assert.deepEqual([state.playhead.playing, state.playhead.still], [true, true]);
  assert.deepEqual(state.position(), { strength: 0, epoch: 0, a: null, b: null });
});

test("strengths stay on the path, and pins are set and taken away", () => {
  const state = opened();
  state.setStrength(9);
  state.togglePin("b");
  state.setStrength(-1);
  state.togglePin("a");
  assert.deepEqual(state.position(), { strength: 0, epoch: 0, a: 0, b: 3 });
  state.togglePin("b");
  assert.deepEqual(state.pins, { a: 0, b: null });
  state.unpin();
  assert.deepEqual(state.pins, { a: null, b: null });
  assert.equal(state.best, 2);
});

test("the numbers have a row for the chosen strength and for each pin", () => {
  const state = opened();
  assert.deepEqual(state.readoutRows({ strength: 1, epoch: 2, a: null, b: 3 }), [
    { name: "0.01", values: ["2.10", "210.0 %"] },
    { name: "B: 1", values: ["2.30", "230.0 %"] },
  ]);
});

test("a chart that was chosen is named in the view", () => {
  const state = opened();
  state.layout.choose(["loss"]);
  assert.deepEqual(state.view(false).charts, ["loss"]);
});
