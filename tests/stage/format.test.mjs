// Numbers as text. tests/stage/test_format_js.py holds `number` to Python.

import assert from "node:assert/strict";
import { test } from "node:test";

import { number, readout, seconds } from "../../l2viz/stage/frontend/format.js";

const formatted = (format, values) => values.map((value) => format(value));

test("numbers have three significant digits, and an exponent if they are large or small", () => {
  assert.deepEqual(
    formatted(number, [0, -0, 1, 0.5, 1.005, 3.14159, -2.71828, 122.6, 1234.5, 99999]),
    ["0", "0", "1", "0.5", "1", "3.14", "-2.72", "123", "1230", "100000"],
  );
  assert.deepEqual(
    formatted(number, [1e5, 123456, 6.02e23, 0.001, 0.00099999, 0.000123456, -1.5e-9, 5e-324]),
    ["1.00e5", "1.23e5", "6.02e23", "0.001", "1.00e-3", "1.23e-4", "-1.50e-9", "4.94e-324"],
  );
});

test("what is no number is a dash", () => {
  const values = [NaN, Infinity, -Infinity];
  assert.deepEqual(formatted(number, values), ["–", "–", "–"]);
  for (const form of ["number", "percent", "points"])
    assert.deepEqual(
      values.map((value) => readout(value, form)),
      ["–", "–", "–"],
    );
});

test("readouts follow their form", () => {
  const share = 0.98765;
  assert.equal(readout(share, "number"), "0.988");
  assert.equal(readout(share, "percent"), "98.8 %");
  assert.equal(readout(-share, "points"), "-98.8 points");
});

test("seconds have a decimal below ten", () => {
  assert.deepEqual(formatted(seconds, [0, 0.04, 9.94, 9.96, 10, 59.5, 3600]), [
    "0.0 s",
    "0.0 s",
    "9.9 s",
    "10.0 s",
    "10 s",
    "60 s",
    "3600 s",
  ]);
});
