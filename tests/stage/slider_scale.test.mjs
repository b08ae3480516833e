// Which strengths have a label below the slider.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ticksOf } from "../../l2viz/stage/frontend/slider_scale.js";

const texts = (strengths) => strengths.map((strength) => String(strength));
const labels = (strengths) => ticksOf(strengths, texts(strengths)).map(({ text }) => text);
/** Zero, and `count` strengths from `low` to `high`, evenly spaced in their logarithm. */
const grid = (low, high, count) => [
  0,
  ...Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1))),
];

test("both ends and the powers of ten have a label", () => {
  assert.deepEqual(labels(grid(1e-5, 0.1, 25)), ["0", "10⁻⁴", "0.001", "0.01", String(grid(1e-5, 0.1, 25)[25])]);
});

test("labels stand where the thumb is, in order and apart", () => {
  for (const [low, high, count] of [[1e-9, 1e3, 40], [1e-4, 0.1, 24], [0.01, 0.02, 6]]) {
    const strengths = grid(low, high, count);
    const ticks = ticksOf(strengths, texts(strengths));
    assert.equal(ticks[0].at, 0);
    assert.equal(ticks.at(-1).at, 1);
    for (let i = 1; i < ticks.length; i += 1) assert.ok(ticks[i].at - ticks[i - 1].at >= 0.089);
  }
});

test("a strength far from a power of ten does not stand for it", () => {
  assert.deepEqual(labels([0, 0.002, 0.02, 0.2, 2, 20]), ["0", "20"]);
});

test("one strength alone has one label, and two have two", () => {
  assert.deepEqual(labels([0]), ["0"]);
  assert.deepEqual(labels([0, 0.5]), ["0", "0.5"]);
});
