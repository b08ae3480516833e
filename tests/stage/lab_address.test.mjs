// The view in the address of a lab's file.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PLAIN, hashOf, viewOf } from "../../l2viz/stage/frontend/lab_address.js";

test("a run as it opens has no hash", () => {
  assert.equal(hashOf(PLAIN), "");
  assert.deepEqual(viewOf(""), PLAIN);
  assert.deepEqual(viewOf("#"), PLAIN);
});

test("each part of a view is written and read", () => {
  const changes = [
    { strength: 0.01 },
    { strength: 1e-7 },
    { epoch: 0 },
    { epoch: 80 },
    { a: 0 },
    { b: 0.1 },
    { charts: ["gap", "histogram_first.kernel", "norms"] },
    { large: "gap" },
    { presenter: true },
  ];
  const views = [...changes.map((change) => ({ ...PLAIN, ...change })), Object.assign({}, PLAIN, ...changes)];
  for (const view of views) assert.deepEqual(viewOf(hashOf(view)), view);
});

test("the names are those of the page's own address", () => {
  const view = { ...PLAIN, strength: 0.01, epoch: 5, charts: ["gap", "norms"], presenter: true };
  assert.equal(hashOf(view), "#strength=0.01&at_epoch=5&charts=gap,norms&presenter=yes");
});

test("what cannot be read is as a run opens", () => {
  const bad = "#strength=-1&at_epoch=NaN&a=x&b=&charts=%3Cb%3E,,a b&large=%22&presenter=1&more=2";
  assert.deepEqual(viewOf(bad), PLAIN);
  assert.equal(viewOf(`#charts=${"gap,".repeat(20)}`).charts?.length, 6);
  assert.equal(viewOf(`#large=${"x".repeat(81)}`).large, null);
});

test("a page that opens elsewhere writes what differs from there", () => {
  const opening = { ...PLAIN, strength: 0.1, epoch: 0, a: 0.0001, charts: ["gap"], large: "gap" };
  assert.equal(hashOf(opening, opening), "");
  assert.deepEqual(viewOf("", opening), opening);
  assert.deepEqual(viewOf(hashOf(PLAIN, opening), opening), PLAIN);
  const presented = { ...opening, presenter: true };
  assert.deepEqual(viewOf(hashOf(presented, opening), opening), presented);
  assert.deepEqual(viewOf(hashOf(opening, presented), presented), opening);
  assert.deepEqual(viewOf("#strength=x&at_epoch=-2&a=&b=%22&charts=%3C&large=<&x=y", opening), opening);
});
