// What is nearest.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nearestIndex } from "../../l2viz/stage/frontend/nearest.js";

const nearestTo = (wanted, values) => nearestIndex(values, (value) => Math.abs(value - wanted));

test("the value with the smallest distance is nearest, of equal ones the first", () => {
  assert.equal(nearestTo(0.9, [0, 1, 2]), 1);
  assert.equal(nearestTo(1.5, [0, 1, 2]), 1);
  assert.equal(nearestTo(5, new Float64Array([0, 1, 2])), 2);
  assert.equal(nearestIndex([7, 7], (_, i) => 1 - i), 1);
});

test("what has no place is never the nearest", () => {
  assert.equal(nearestTo(0, [NaN, 3, NaN, 1]), 3);
});
