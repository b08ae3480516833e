// Films: which places they show, for how long, and at what size.

import assert from "node:assert/strict";
import { test } from "node:test";

import { placesOver, positionAt } from "../../l2viz/stage/frontend/film_order.js";
import { filmPlan, filmSize } from "../../l2viz/stage/frontend/film_plan.js";
import { newTimes, partsOf, retimed } from "../../l2viz/stage/frontend/webm.js";

const COUNTS = [1, 2, 3, 5, 25, 32, 59, 60, 61, 81, 120, 121, 200, 1001];

test("a film takes its seconds, and each place an equal part of them", () => {
  for (const seconds of [4, 8])
    for (const count of COUNTS) {
      const { places, times, duration } = filmPlan(count, seconds);
      assert.equal(duration, 1000 * seconds);
      assert.equal(times.length, places.length + 1);
      const each = duration / places.length;
      for (const [i, time] of times.slice(0, -1).entries())
        assert.ok(Math.abs(time - i * each) <= 0.5, `${count}: ${time}`);
      assert.ok(times.at(-1) > times.at(-2) && times.at(-1) < duration);
    }
});

test("it begins at the first place and ends at the last, in order and evenly", () => {
  for (const seconds of [4, 8])
    for (const count of COUNTS) {
      const { places } = filmPlan(count, seconds);
      assert.equal(places[0], 0);
      assert.equal(places.at(-1), count - 1);
      const steps = places.slice(1).map((place, i) => place - places[i]);
      assert.ok(steps.every((step) => step >= 1));
      assert.ok(!steps.length || Math.max(...steps) - Math.min(...steps) <= 1);
    }
});

test("every place is shown where there are few enough", () => {
  assert.equal(filmPlan(60, 4).places.length, 60);
  assert.equal(filmPlan(61, 4).places.length, 60);
  assert.equal(filmPlan(61, 8).places.length, 61);
});

test("a film has even sides, twice those of its chart or what a screen has", () => {
  assert.deepEqual(filmSize({ width: 800, height: 450 }), { scale: 2, width: 1600, height: 900 });
  const large = filmSize({ width: 1901, height: 1003 });
  assert.ok(large.scale > 1 && large.scale < 1.05);
  for (const side of [large.width, large.height]) assert.equal(side % 2, 0);
  assert.ok(large.width * large.height <= 1920 * 1080);
  assert.ok(Math.abs(large.width / large.height - 1901 / 1003) < 0.005);
});

test("a film runs over one axis, and the other stays", () => {
  const position = { strength: 3, epoch: 7, a: 1, b: null };
  assert.deepEqual(positionAt("epochs", position, 0), { ...position, epoch: 0 });
  assert.deepEqual(positionAt("strengths", position, 0), { ...position, strength: 0 });
  const header = { strengths: [0, 0.1, 1] };
  assert.equal(placesOver("strengths", header, 80), 3);
  assert.equal(placesOver("epochs", header, 80), 81);
});

// ---- WebM

const head = [0x1a, 0x45, 0xdf, 0xa3, 0x81, 7];
const tracks = [0x16, 0x54, 0xae, 0x6b, 0x82, 1, 2];
const block = (time, ...data) => [0xa3, 0x84 + data.length, 0x81, 0, time, 0x80, ...data];
const unknown = [0x01, 255, 255, 255, 255, 255, 255, 255];
const recorded = new Uint8Array([
  ...head,
  ...[0x18, 0x53, 0x80, 0x67, ...unknown],
  ...[0x15, 0x49, 0xa9, 0x66, 0x40, 2, 9, 9],
  ...tracks,
  ...[0x1f, 0x43, 0xb6, 0x75, ...unknown, 0xe7, 0x81, 0],
  ...block(0, 11),
  ...block(90, 12, 13),
  ...[0x1f, 0x43, 0xb6, 0x75, ...unknown, 0xe7, 0x81, 200],
  ...block(3, 14),
]);

test("a recording has a header, tracks, and the pictures of all its clusters", () => {
  const parts = partsOf(recorded);
  assert.deepEqual([...parts.header], head);
  assert.deepEqual([...parts.tracks], tracks);
  assert.deepEqual(
    parts.blocks.map((each) => [...each.slice(4)]),
    [[11], [12, 13], [14]],
  );
});

test("its pictures are written at other times, in order", () => {
  const parts = partsOf(retimed(recorded, [5, 95, 208], [0, 1000, 7980], 8000));
  assert.deepEqual([...parts.header], head);
  assert.deepEqual([...parts.tracks], tracks);
  assert.deepEqual(
    parts.blocks.map((each) => [each[1] * 256 + each[2], ...each.slice(4)]),
    [
      [0, 11],
      [1000, 12, 13],
      [7980, 14],
    ],
  );
});

test("a picture that a browser repeats comes a moment after itself", () => {
  const taken = [500, 1515, 1600, 1700];
  const times = [0, 1000, 2000, 2980];
  assert.deepEqual(newTimes([0, 1000, 1024, 1110, 1195], taken, times), [0, 1, 1000, 2000, 2980]);
  assert.deepEqual(newTimes([7, 1, 2, 3], taken, times), times);
});

test("a lost picture is told", () => {
  const lost = () => newTimes([0, 100], [0, 50, 100], [0, 1000, 2000]);
  assert.throws(lost, { message: "the browser recorded 2 of 3 pictures." });
});
