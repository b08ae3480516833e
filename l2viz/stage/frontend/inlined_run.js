// Reads a run that the page has in itself: one answer with all its charts, as the server's.

import { inlined, inlinedBytes } from "./inlined.js";
import { decode } from "./wire.js";

/** @import { ReadRun } from "./chart_loader.js" */
/** @import { ArrayType, Header } from "./types" */

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
  const words = header.frame_bytes / 4;
  const planes = new Uint8Array(packed, start, 4 * words * header.frames);
  addSteps(planes, new Int32Array(answer, start, words * header.frames), words, header.frames);
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

/**
 * Add up the differences from frame to frame, which four planes hold a byte of each.
 *
 * @param {Uint8Array} planes
 * @param {Int32Array} frames is filled
 * @param {number} words of a frame
 * @param {number} count of frames
 */
function addSteps(planes, frames, words, count) {
  const size = words * count;
  for (let word = 0, at = 0; word < words; word += 1) {
    let value = 0;
    for (let frame = 0; frame < count; frame += 1, at += 1) {
      const low = planes[at] | (planes[at + size] << 8);
      const small = low | (planes[at + 2 * size] << 16) | (planes[at + 3 * size] << 24);
      value = (value + ((small >>> 1) ^ -(small & 1))) | 0;
      frames[frame * words + word] = value;
    }
  }
}
