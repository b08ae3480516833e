// How a viewer's position on the epoch axis moves in time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FULL_SPEED, PACES, Playhead } from "../../l2viz/stage/frontend/playhead.js";

const LAST = 20;
const NORMAL = PACES.findIndex(({ name }) => name === "normal");

const state = ({ position, epoch, playing, still }) => ({ position, epoch, playing, still });

test("it begins at the first epoch, at rest and at full speed", () => {
  const playhead = new Playhead();
  assert.deepEqual(state(playhead), { position: 0, epoch: 0, playing: false, still: false });
  assert.equal(playhead.pace, FULL_SPEED);
  assert.deepEqual(
    PACES.map(({ epochsPerSecond }) => epochsPerSecond),
    [4, 12, 30, null],
  );
});

test("time does not move it while it rests", () => {
  const playhead = new Playhead();
  playhead.advance(10, LAST, false);
  assert.deepEqual(state(playhead), { position: 0, epoch: 0, playing: false, still: false });
});

test("at a pace it moves by seconds times epochs per second, and shows whole epochs", () => {
  const playhead = new Playhead();
  playhead.pace = NORMAL;
  playhead.play(LAST, false);
  playhead.advance(0.05, LAST, false);
  assert.deepEqual(state(playhead), { position: 1.5, epoch: 1, playing: true, still: false });
  for (let i = 0; i < 10; i += 1) playhead.advance(0.1 / 3, LAST, false);
  assert.equal(playhead.epoch, 11, "ten steps of one epoch, whatever their rounding");
});

test("it stops at the end of a run, and waits at the end of one that grows", () => {
  const playhead = new Playhead();
  playhead.pace = NORMAL;
  playhead.play(LAST, true);
  playhead.advance(10, LAST, true);
  assert.deepEqual(state(playhead), { position: LAST, epoch: LAST, playing: true, still: false });
  playhead.advance(10, LAST, false);
  assert.deepEqual(state(playhead), { position: LAST, epoch: LAST, playing: false, still: false });
});

test("at full speed it shows every epoch of a run that has ended", () => {
  const playhead = new Playhead();
  playhead.play(3, false);
  const seen = [];
  while (playhead.playing) {
    playhead.advance(1, 3, false);
    seen.push(playhead.epoch);
  }
  assert.deepEqual(seen, [1, 2, 3]);
});

test("at full speed it catches up with a run that grows by a quarter of what is left", () => {
  const playhead = new Playhead();
  playhead.follow(false);
  const seen = [];
  for (let i = 0; i < 6; i += 1) {
    playhead.advance(0, LAST, true);
    seen.push(playhead.epoch);
  }
  assert.deepEqual(seen, [5, 9, 12, 14, 16, 17]);
});

test("play starts over at the end of a run, and goes on before it", () => {
  const playhead = new Playhead();
  playhead.goTo(LAST, LAST);
  playhead.play(LAST, false);
  assert.deepEqual(state(playhead), { position: 0, epoch: 0, playing: true, still: false });
  playhead.goTo(5, LAST);
  playhead.play(LAST, false);
  assert.deepEqual(state(playhead), { position: 5, epoch: 5, playing: true, still: false });
  playhead.goTo(LAST, LAST);
  playhead.play(LAST, true);
  assert.deepEqual(state(playhead), { position: LAST, epoch: LAST, playing: true, still: false });
});

test("pause keeps the position", () => {
  const playhead = new Playhead();
  playhead.goTo(5, LAST);
  playhead.play(LAST, false);
  playhead.pause();
  assert.deepEqual(state(playhead), { position: 5, epoch: 5, playing: false, still: false });
});

test("going to an epoch stops there, inside the run", () => {
  const playhead = new Playhead();
  playhead.startOver();
  for (const [wanted, reached] of [
    [7, 7],
    [-3, 0],
    [99, LAST],
  ]) {
    playhead.goTo(wanted, LAST);
    const expected = { position: reached, epoch: reached, playing: false, still: false };
    assert.deepEqual(state(playhead), expected);
  }
});

test("without motion it waits for the end of a run and jumps there", () => {
  const playhead = new Playhead();
  playhead.follow(true);
  playhead.advance(10, 5, true);
  assert.deepEqual(state(playhead), { position: 0, epoch: 0, playing: true, still: true });
  playhead.advance(10, LAST, false);
  assert.deepEqual(state(playhead), { position: LAST, epoch: LAST, playing: false, still: true });
});
