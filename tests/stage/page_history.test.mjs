// Which addresses are one place, so that a slider's moves are no entries of the history.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PageHistory, placeOf } from "../../l2viz/stage/frontend/page_history.js";

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

/** Return a page at an address, a clock, and what becomes of the browser's history. */
function page(search) {
  const done = [];
  const clock = { now: 1_000 };
  const go = (kind) => (_state, _unused, url) => {
    done.push(`${kind} ${url}`);
    Object.assign(globalThis.location, { search: url, href: `http://class.test/${url}` });
  };
  globalThis.location = { search, href: `http://class.test/${search}` };
  globalThis.history = { pushState: go("push"), replaceState: go("replace") };
  globalThis.window = new EventTarget();
  performance.now = () => clock.now;
  const returns = [];
  new PageHistory((address) => returns.push(address));
  return { done, clock, returns, write: (url) => globalThis.history.pushState(null, "", url) };
}

test("a return adds no entry, though a busy page follows after seconds", () => {
  const { done, clock, returns, write } = page("?dataset=digits");
  Object.assign(globalThis.location, { search: "?dataset=curve" });
  globalThis.window.dispatchEvent(new Event("popstate"));
  assert.deepEqual(returns, ["?dataset=curve"]);
  clock.now += 9_000;
  write("?dataset=digits"); // it had not heard of the return
  write("?dataset=curve");
  assert.deepEqual(done, ["replace ?dataset=digits", "replace ?dataset=curve"]);
});

test("what the viewer opens after a return is an entry", () => {
  for (const act of ["keydown", "pointerdown"]) {
    const { done, write } = page("?scene=add");
    globalThis.window.dispatchEvent(new Event("popstate"));
    globalThis.window.dispatchEvent(new Event(act));
    write("?scene=define");
    write("?scene=define&strength=0.1");
    assert.deepEqual(done, ["push ?scene=define", "replace ?scene=define&strength=0.1"]);
  }
});
