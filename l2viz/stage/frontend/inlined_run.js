// Reads a run that the page has in itself: one answer with all its charts, as the server's.

import { inlined, inlinedBytes } from "./inlined.js";
import { decode } from "./wire.js";

/** @import { ReadRun } from "./chart_loader.js" */
/** @import { ArrayType, Header, LaterHeader, OpeningHeader } from "./types" */

/** @type {Record<ArrayType, number>} */
const BYTES = { float32: 4, float64: 8, int8: 1, uint8: 1, uint16: 2, int32: 4 };

/** @type {ReadRun} */
export function readInlinedRun(_charts, onAnswer, onLost) {
  let closed = false;
  read().then(
    ({ header, frames }) => closed || onAnswer(header, frames),
    (problem) => {
      console.error("l2viz: the run in this file was not read:", problem);
      if (!closed) onLost("The run in this file could not be read. Save it anew.", true);
    },
  );
  return { close: () => void (closed = true) };
}

async function read() {
  const element = inlined("run");
  if (!element) throw new Error("there is none");
  return decode(unpacked(await inlinedBytes(element)));
}

/**
 * Restore an answer; l2viz/export/packing.py packs it.
 *
 * @param {ArrayBuffer} packed
 * @returns {ArrayBuffer} the answer, as l2viz/stage/protocol.py writes it
 */
export function unpacked(packed) {
  const start = 4 + new DataView(packed).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(packed, 4, start - 4));
  const header = /** @type {Header} */ (JSON.parse(text));
  if (!header.kept) return packed;
  const answer = packed.slice(0);
  const [words, small] = wordsOf(header);
  const size = words.length * header.frames;
  const planes = new Uint8Array(packed, start, 4 * size);
  const steps = new Uint8Array(packed, start + 4 * size, 4 * small.length * header.frames);
  const frames = { buffer: answer, start, bytes: header.frame_bytes, count: header.frames };
  addSteps(planes, frames, words);
  addByteSteps(steps, frames, small);
  /** @type {Map<string, number>} */
  const before = new Map(); // where the last one of a name begins
  const bytes = new Uint8Array(answer, start);
  for (const { name, dtype, offset, length } of header.kept) {
    const last = before.get(name);
    if (last !== undefined)
      for (let i = 0; i < length * BYTES[dtype]; i += 1) bytes[offset + i] += bytes[last + i];
    before.set(name, offset);
  }
  return answer;
}

/** @typedef {{ buffer: ArrayBuffer, start: number, bytes: number, count: number }} Frames */

/**
 * Return the positions of a frame's words: those with numbers of several bytes, and the others.
 *
 * @param {LaterHeader | OpeningHeader} header
 */
function wordsOf({ arrays, frame_bytes: size }) {
  const small = new Set();
  for (const array of arrays)
    if (!array.kept && BYTES[array.dtype] === 1)
      for (let at = 0; at < array.length; at += 4) small.add((array.offset + at) / 4);
  const all = [...Array(size / 4).keys()];
  return [all.filter((word) => !small.has(word)), all.filter((word) => small.has(word))];
}

/**
 * Add up the differences from frame to frame, which four planes hold a byte of each.
 *
 * @param {Uint8Array} planes
 * @param {Frames} frames are filled
 * @param {number[]} words
 */
function addSteps(planes, { buffer, start, bytes, count }, words) {
  const size = words.length * count;
  const filled = new Int32Array(buffer, start, (bytes / 4) * count);
  let at = 0;
  for (const word of words) {
    let value = 0;
    for (let frame = 0; frame < count; frame += 1, at += 1) {
      const low = planes[at] | (planes[at + size] << 8);
      const small = low | (planes[at + 2 * size] << 16) | (planes[at + 3 * size] << 24);
      value = (value + ((small >>> 1) ^ -(small & 1))) | 0;
      filled[(frame * bytes) / 4 + word] = value;
    }
  }
}

/**
 * Add up the differences of bytes from frame to frame.
 *
 * @param {Uint8Array} steps
 * @param {Frames} frames are filled
 * @param {number[]} words
 */
function addByteSteps(steps, { buffer, start, bytes, count }, words) {
  const filled = new Uint8Array(buffer, start, bytes * count);
  let at = 0;
  for (let frame = 0; frame < count; frame += 1)
    for (const word of words)
      for (let byte = 4 * word; byte < 4 * word + 4; byte += 1, at += 1) {
        const before = frame ? filled[(frame - 1) * bytes + byte] : 0;
        filled[frame * bytes + byte] = before + steps[at];
      }
}
