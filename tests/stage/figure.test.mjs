// Saved pictures: rows of charts, sizes and colours.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rowsOf } from "../../l2viz/stage/frontend/figure.js";
import { DEFAULTS, sizeOf, styleOf } from "../../l2viz/stage/frontend/figure_style.js";
import { wrapped } from "../../l2viz/stage/frontend/figure_text.js";

const SCREEN = { width: 930, height: 420, columns: 3 };
const HEADER = {
  themes: { print: { "@ground": "#fff" }, dark: { "@ground": "#111" } },
  saving: { theme: "print" },
};
const styled = (choice) => styleOf({ ...DEFAULTS, ...choice }, 6, SCREEN, HEADER, "of what");

test("rows have at most so many charts, and nearly as many as each other", () => {
  const lengths = (count, columns) =>
    rowsOf(Array.from({ length: count }), columns).map((row) => row.length);
  assert.deepEqual(lengths(1, 3), [1]);
  assert.deepEqual(lengths(3, 3), [3]);
  assert.deepEqual(lengths(4, 3), [2, 2]);
  assert.deepEqual(lengths(5, 3), [3, 2]);
  assert.deepEqual(lengths(6, 3), [3, 3]);
  assert.deepEqual(lengths(3, 1), [1, 1, 1]);
});

test("slides have 16:9, with six charts as with one; a column is as long as its charts", () => {
  for (const count of [1, 2, 6]) {
    const { width, height } = sizeOf("slide", count, SCREEN);
    assert.equal(width / height, 16 / 9);
  }
  assert.equal(sizeOf("column", 6, SCREEN).height, 6 * sizeOf("column", 1, SCREEN).height);
  assert.deepEqual(sizeOf("screen", 6, SCREEN), SCREEN);
});

test("a ground is a colour of its theme, or none", () => {
  assert.equal(styled({}).ground, "#fff");
  assert.equal(styled({ ground: "dark" }).ground, "#111");
  assert.equal(styled({ ground: "transparent" }).ground, "");
  assert.equal(styled({}).footer, "of what");
  assert.equal(styled({ footer: false }).footer, "");
});

test("a long footer breaks between words", () => {
  const document = { createElement: () => ({ getContext: () => null }) }; // 0.6 em for each letter
  globalThis.document = document;
  const lines = wrapped("one two three four five", 10, 66);
  delete globalThis.document;
  assert.deepEqual(lines, ["one two", "three four", "five"]);
  assert.deepEqual(wrapped("", 10, 66), []);
});
