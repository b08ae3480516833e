// Heatmaps of saved pictures, as images.

import assert from "node:assert/strict";
import { test } from "node:test";

import { enlargedRows } from "../../l2viz/stage/frontend/figure_heatmap.js";

const ROWS = [
  [0, 10],
  [20, 30],
];

test("a number fills its square, or leads to the next one", () => {
  assert.deepEqual(enlargedRows(ROWS, 2, false), [
    [0, 0, 10, 10],
    [0, 0, 10, 10],
    [20, 20, 30, 30],
    [20, 20, 30, 30],
  ]);
  assert.deepEqual(enlargedRows(ROWS, 2, true), [
    [0, 2.5, 7.5, 10],
    [5, 7.5, 12.5, 15],
    [15, 17.5, 22.5, 25],
    [20, 22.5, 27.5, 30],
  ]);
});

test("one number, and a gap, stay what they are", () => {
  assert.deepEqual(enlargedRows([[7]], 3, true), [
    [7, 7, 7],
    [7, 7, 7],
    [7, 7, 7],
  ]);
  assert.deepEqual(enlargedRows([[1, Number.NaN]], 1, true), [[1, Number.NaN]]);
});
