// Which addresses are one place, so that a slider's moves are no entries of the history.

import assert from "node:assert/strict";
import { test } from "node:test";

import { placeOf } from "../../l2viz/stage/frontend/page_history.js";

const same = (one, other) => assert.equal(placeOf(one), placeOf(other));
const apart = (one, other) => assert.notEqual(placeOf(one), placeOf(other));

test("moves within a run are one place", () => {
  same("?dataset=curve&seed=7", "?seed=7&dataset=curve&strength=0.01&epoch=3&a=0&b=0.1&charts=gap");
  same("?dataset=curve", "?dataset=curve&presenter=yes");
});

test("other settings, scenes, passages and dialogs are other places", () => {
  apart("?dataset=curve", "?dataset=moons");
  apart("?dataset=curve", "?dataset=curve&noise=0.3");
  apart("?scene=add", "?scene=define");
  apart("?story=network", "?story=digits");
  apart("", "?story=network");
  apart("?scene=add", "?dataset=digits");
  apart("?dataset=curve", "?dataset=curve&page=cards");
});

test("a scene is one place, whatever its address says beside it", () => {
  same("?scene=add", "?scene=add&dataset=digits&strength=0.009&charts=loss_ledger");
});
