// The view in the address of a lab's file.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hashOf, viewOf } from "../../l2viz/stage/frontend/lab_address.js";

const OPENING = {
  strength: 0,
  epoch: null,
  a: null,
  b: null,
  charts: null,
  large: null,
  presenter: false,
};

test("a run as it opens has no hash", () => {
  assert.equal(hashOf(OPENING), "");
  assert.deepEqual(viewOf(""), OPENING);
  assert.deepEqual(viewOf("#"), OPENING);
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
  const views = [...changes.map((change) => ({ ...OPENING, ...change })), Object.assign({}, OPENING, ...changes)];
  for (const view of views) assert.deepEqual(viewOf(hashOf(view)), view);
});

test("the names are those of the page's own address", () => {
  const view = { ...OPENING, strength: 0.01, epoch: 5, charts: ["gap", "norms"], presenter: true };
  assert.equal(hashOf(view), "#strength=0.01&at_epoch=5&charts=gap,norms&presenter=yes");
});

test("what cannot be read is as a run opens", () => {
  const bad = "#strength=-1&at_epoch=NaN&a=x&b=&charts=%3Cb%3E,,a b&large=%22&presenter=1&more=2";
  assert.deepEqual(viewOf(bad), OPENING);
  assert.equal(viewOf(`#charts=${"gap,".repeat(20)}`).charts?.length, 6);
  assert.equal(viewOf(`#large=${"x".repeat(81)}`).large, null);
});
