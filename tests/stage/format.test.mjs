// Numbers as text: the same table as tests/experiment/test_number_text.py reads.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { number, readout, seconds, short } from "../../l2viz/stage/frontend/format.js";

const CASES = JSON.parse(readFileSync(new URL("number_cases.json", import.meta.url), "utf-8"));

test("numbers are written as the table says", () => {
  assert.ok(CASES.length > 60);
  for (const { form, value, text } of CASES) {
    const written = form === "short" ? short(Number(value)) : readout(Number(value), form);
    assert.equal(written, text, `${form} of ${value}`);
  }
});

test("a readout that is a plain number is written as numbers are", () => {
  for (const value of [0.98765, -3, 0, NaN, 1e-9]) assert.equal(readout(value, "number"), number(value));
});

test("seconds have a decimal below ten", () => {
  assert.deepEqual(
    [0, 0.04, 9.94, 9.96, 10, 59.5, 3600].map(seconds),
    ["0.0 s", "0.0 s", "9.9 s", "10.0 s", "10 s", "60 s", "3600 s"],
  );
});
