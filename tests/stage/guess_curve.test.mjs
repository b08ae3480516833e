// A drawn guess: strokes, the hill of a click, the peak.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  emptyCurve,
  hill,
  pathOf,
  peakOf,
  placeAt,
  stroke,
} from "../../l2viz/stage/frontend/guess_curve.js";

test("a pointer outside of the axes counts as on their edge", () => {
  assert.deepEqual(placeAt(-1, 2, 25), { member: 0, height: 0 });
  assert.deepEqual(placeAt(2, -1, 25), { member: 24, height: 1 });
  assert.deepEqual(placeAt(0.5, 0.25, 25), { member: 12, height: 0.75 });
});

test("a stroke fills the strengths between two places, in either direction", () => {
  const from = { member: 1, height: 0.2 };
  const to = { member: 3, height: 0.6 };
  const right = stroke(emptyCurve(5), from, to).map((h) => h && Number(h.toFixed(6)));
  const left = stroke(emptyCurve(5), to, from).map((h) => h && Number(h.toFixed(6)));
  assert.deepEqual(right, [null, 0.2, 0.4, 0.6, null]);
  assert.deepEqual(left, right);
  assert.deepEqual(stroke(emptyCurve(2), to, to).slice(3), [0.6]);
});

test("a hill has its peak where the click was, for every strength", () => {
  for (let member = 0; member < 25; member += 1) {
    const peak = { member, height: 0.8 };
    assert.deepEqual(peakOf(hill(25, peak)), peak);
  }
  assert.deepEqual(peakOf(hill(1, { member: 0, height: 0.5 })), { member: 0, height: 0.5 });
});

test("nothing drawn has no peak, and of equal heights the first counts", () => {
  assert.equal(peakOf(emptyCurve(4)), null);
  assert.deepEqual(peakOf([null, 0.5, 0.5]), { member: 1, height: 0.5 });
});

test("what is not drawn breaks the line", () => {
  assert.equal(pathOf([0, 1, null, 0.5], 30, 10), "M0.0 10.0L10.0 0.0M30.0 5.0");
});
