// What a viewer does to training points.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  FEWEST,
  MOST,
  added,
  awaited,
  labelOfNew,
  moved,
  pointsOf,
  rounded,
  without,
} from "../../l2viz/stage/frontend/points.js";

const edits = "points";
const PLANE = [
  { type: "heatmap", name: "probability" },
  { x: [1, 3], y: [10, 30], customdata: [0, 2], meta: { edits, label: 0 } },
  { x: [2], y: [20], customdata: [1], meta: { edits, label: 1 } },
];

test("points are in the order of the training set, each with its class", () => {
  assert.deepEqual(pointsOf(PLANE), [
    [1, 10, 0],
    [2, 20, 1],
    [3, 30, 0],
  ]);
});

test("points of a line have no class, and other traces have no points", () => {
  const line = { x: [1, 2], y: [3, 4], meta: { edits, label: null } };
  const other = { x: [5], y: [6], meta: { chooses: "strength" } };
  assert.deepEqual(pointsOf([other, line, { x: [7], y: [8] }]), [
    [1, 3],
    [2, 4],
  ]);
  assert.deepEqual(pointsOf([other]), []);
});

test("a point is moved, and keeps its class", () => {
  const points = pointsOf(PLANE);
  assert.deepEqual(moved(points, 1, [9, 8])[1], [9, 8, 1]);
  assert.deepEqual(points[1], [2, 20, 1], "the points before are as they were");
});

test("points are added and removed between the fewest and the most", () => {
  let points = pointsOf(PLANE);
  points = added(points, [0, 0], labelOfNew(points, true));
  assert.deepEqual(points.at(-1), [0, 0, 1]);
  assert.deepEqual(without(points, 0)[0], [2, 20, 1]);
  const few = points.slice(0, FEWEST);
  assert.equal(without(few, 0), few);
  const many = Array(MOST).fill([0, 0]);
  assert.equal(added(many, [1, 1], null), many);
});

test("a new point of a line has no class", () => {
  assert.equal(labelOfNew([[1, 2]], true), null);
  assert.deepEqual(added([[1, 2]], [3, 4], null).at(-1), [3, 4]);
});

test("places are rounded as the server does", () => {
  assert.equal(rounded(0.12345), 0.123);
  assert.equal(rounded(-7), -7);
});

test("an edit waits for its run, though that of an earlier one comes first", () => {
  const before = pointsOf(PLANE);
  const first = moved(before, 0, [1.5, 11]);
  const second = without(first, 1);
  const kept = first.map(([x, y, label]) => [x + 4e-4, y, label]); // as the server rounds it
  assert.deepEqual(awaited([first, second], kept), [second]);
  assert.deepEqual(awaited([first, second], second), []);
  assert.deepEqual(awaited([first, second, first], first), []);
  assert.equal(awaited([first, second], before), null);
  assert.equal(awaited([], before), null);
});
