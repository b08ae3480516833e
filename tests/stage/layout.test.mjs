// Which charts stand on the stage.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Layout } from "../../l2viz/stage/frontend/layout.js";

const chart = (slot, name = slot) => ({ slot, name });
const CHARTS = [
  chart("fit"),
  chart("histogram", "histogram_1"),
  chart("histogram", "histogram_2"),
  chart("norms"),
  chart("loss"),
];

function offered({ charts = CHARTS, most = 3 } = {}) {
  const layout = new Layout();
  layout.offer(charts, most);
  return layout;
}

const shown = (layout) => layout.places().map((place) => place.chart.name);

test("no chart stands on the stage before a run has any", () => {
  assert.deepEqual(new Layout().places(), []);
});

test("the first slots of a run are the usual ones, each with its variants", () => {
  assert.deepEqual(offered({ most: 2 }).places(), [
    { slot: "fit", charts: [CHARTS[0]], chart: CHARTS[0] },
    { slot: "histogram", charts: [CHARTS[1], CHARTS[2]], chart: CHARTS[1] },
  ]);
});

test("an address names charts only if they are not the usual ones", () => {
  const layout = offered();
  assert.equal(layout.names(), null);
  layout.choose(["fit", "histogram_1", "norms"]);
  assert.equal(layout.names(), null);
  layout.choose(["norms", "fit"]);
  assert.deepEqual(layout.names(), ["norms", "fit"]);
  layout.reset();
  assert.equal(layout.names(), null);
  assert.deepEqual(shown(layout), ["fit", "histogram_1", "norms"]);
});

test("choosing returns unknown names, and takes the first of two variants", () => {
  const layout = offered();
  assert.deepEqual(layout.choose(["histogram_2", "nowhere", "histogram_1", "loss", "x"]), [
    "nowhere",
    "x",
  ]);
  assert.deepEqual(shown(layout), ["histogram_2", "loss"]);
});

test("unknown names alone leave the usual charts", () => {
  const layout = offered();
  assert.deepEqual(layout.choose(["nowhere"]), ["nowhere"]);
  assert.deepEqual(shown(layout), ["fit", "histogram_1", "norms"]);
});

test("a slot is put on the stage and taken off", () => {
  const layout = offered({ most: 4 });
  layout.choose(["fit"]);
  layout.toggle("loss");
  assert.deepEqual(shown(layout), ["fit", "loss"]);
  layout.toggle("fit");
  assert.deepEqual(shown(layout), ["loss"]);
  layout.toggle("loss");
  assert.deepEqual(shown(layout), ["loss"], "the last one stays");
});

test("on a full stage a further slot replaces the last one", () => {
  const layout = offered();
  layout.toggle("loss");
  assert.deepEqual(shown(layout), ["fit", "histogram_1", "loss"]);
});

test("under a limit only the first charts are shown, and the others are kept", () => {
  const layout = offered();
  layout.limit = 2;
  assert.deepEqual(shown(layout), ["fit", "histogram_1"]);
  layout.toggle("norms"); // chosen, but out of sight: it changes places with the last one in sight
  assert.deepEqual(shown(layout), ["fit", "norms"]);
  layout.limit = null;
  assert.deepEqual(shown(layout), ["fit", "norms", "histogram_1"]);
});

test("another variant stands in the same place", () => {
  const layout = offered();
  layout.showVariant("histogram", "histogram_2");
  assert.deepEqual(shown(layout), ["fit", "histogram_2", "norms"]);
});

test("what was chosen outlasts a run that lacks it", () => {
  const layout = offered();
  layout.choose(["histogram_2", "loss"]);
  layout.offer([chart("fit"), chart("loss")], 3);
  assert.deepEqual(shown(layout), ["loss"]);
  layout.offer([chart("histogram", "histogram_1"), chart("score")], 3);
  assert.deepEqual(shown(layout), ["histogram_1"], "another variant of the chosen slot");
  layout.offer([chart("score"), chart("gap")], 3);
  assert.deepEqual(shown(layout), ["score", "gap"], "nothing chosen is there: the usual ones");
  layout.offer(CHARTS, 3);
  assert.deepEqual(shown(layout), ["histogram_2", "loss"]);
});

test("a chart moves to another place, and the others make room", () => {
  const layout = offered();
  assert.ok(layout.move("norms", 0));
  assert.deepEqual(shown(layout), ["norms", "fit", "histogram_1"]);
  assert.deepEqual(layout.names(), ["norms", "fit", "histogram_1"]);
  assert.ok(layout.move("norms", 2));
  assert.equal(layout.names(), null); // as at first
});

test("a chart does not move off the stage, nor one that is not on it", () => {
  const layout = offered();
  for (const [slot, place] of [["fit", -1], ["fit", 3], ["fit", 0], ["loss", 0], ["no such", 0]])
    assert.equal(layout.move(slot, place), false, `${slot} to ${place}`);
  layout.limit = 2;
  assert.equal(layout.move("fit", 2), false);
  assert.equal(layout.move("norms", 0), false); // not visible
  assert.equal(layout.names(), null);
});

test("an enlarged chart has the stage for itself, until all are shown again", () => {
  const layout = offered();
  layout.enlarge("norms");
  assert.deepEqual(shown(layout), ["norms"]);
  assert.deepEqual([layout.largeName, layout.largePlace], ["norms", 2]);
  assert.equal(layout.names(), null); // the others are only hidden
  assert.deepEqual(
    layout.standing().map(({ slot }) => slot),
    ["fit", "histogram", "norms"],
  );
  layout.enlarge(null);
  assert.deepEqual(shown(layout), ["fit", "histogram_1", "norms"]);
  layout.enlarge("loss"); // not on the stage
  assert.deepEqual([layout.largeName, shown(layout).length], [null, 3]);
});

test("choosing other charts shows all again", () => {
  for (const change of [
    (layout) => layout.toggle("loss"),
    (layout) => layout.reset(),
    (layout) => layout.choose(["fit", "loss"]),
  ]) {
    const layout = offered();
    layout.enlarge("fit");
    change(layout);
    assert.equal(layout.largeName, null);
  }
});
