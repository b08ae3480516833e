// Reads a question as JSON from stdin: the folder of the stage's modules, the path of an answer's
// bytes, and positions. Tells what wire.js and bindings.js make of it, as JSON on stdout.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const question = JSON.parse(readFileSync(0, "utf-8"));
const load = (name) => import(new URL(name, pathToFileURL(`${question.stage}/`)));
const { decode } = await load("wire.js");
const { RunArrays, memberOf, resolve, resolvedKey } = await load("bindings.js");

// In parts, as the stage receives a run that trains.
const run = new RunArrays();
let opening = null;
for (const path of question.answers) {
  const bytes = readFileSync(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { header, frames } = decode(buffer);
  if (header.charts) {
    opening = header;
    run.declare(header.arrays, header.still);
  }
  run.frames.push(...frames);
}

// JSON has no NaN and no infinity.
const plain = (value) => {
  if (value === null) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return Array.from(value, plain);
};

const at = (position) => ({
  bindings: opening.charts.map((chart) =>
    chart.bindings.map((binding) => ({
      values: plain(resolve(binding, run, position)),
      key: resolvedKey(binding, run, position),
    })),
  ),
  numbers: opening.readouts.map(({ array }) =>
    plain(run.number(array, position.epoch, position.strength)),
  ),
  best: memberOf({ kind: "best" }, run, position),
});
process.stdout.write(JSON.stringify(question.positions.map(at)));
