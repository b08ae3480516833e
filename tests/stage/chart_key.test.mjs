// What a chart's key says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pinsInKey, tracesInKey } from "../../l2viz/stage/frontend/chart_key.js";

const TEXTS = ["0", "0.001", "0.01"];
const chart = {
  traces: [
    { name: "loss", showlegend: true, line: { color: "@text", dash: "dash" } },
    { name: "penalty", showlegend: true, fill: "tonexty", fillcolor: "@b1", line: { color: "@l1" } },
    { name: "points", showlegend: true, mode: "markers", marker: { color: "@train" } },
    { type: "bar", name: "idle", showlegend: true, marker: { color: "@ghost" } },
    { name: "A: loss", showlegend: false },
  ],
  bindings: [
    { trace: 0, strength: { kind: "chosen" } },
    { trace: 4, strength: { kind: "pinned", pin: "a" } },
  ],
};

test("a key lists the traces that are to be in it, each as it is drawn", () => {
  assert.deepEqual(tracesInKey(chart), [
    { text: "loss", kind: "line", colour: "@text", fill: "", dash: "dash" },
    { text: "penalty", kind: "band", colour: "@l1", fill: "@b1", dash: "solid" },
    { text: "points", kind: "dot", colour: "@train", fill: "", dash: "solid" },
    { text: "idle", kind: "band", colour: "@ghost", fill: "@ghost", dash: "solid" },
  ]);
});

test("a key names the pinned strengths that the chart draws, and no others", () => {
  const pinned = (a, b) =>
    pinsInKey(chart, { strength: 0, epoch: 0, a, b }, TEXTS).map(({ text }) => text);
  assert.deepEqual(pinned(null, null), []);
  assert.deepEqual(pinned(2, 1), ["A: λ = 0.01"]);
  assert.deepEqual(pinned(0, null), ["A: λ = 0"]);
});
