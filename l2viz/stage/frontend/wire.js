// Reads an answer: [header length][header JSON][frames]; l2viz/stage/protocol.py writes it.

/** @import { ArrayType, Frame, FrameArray, Header } from "./types" */

/** @satisfies {Record<ArrayType, unknown>} */
const ARRAY_TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  int32: Int32Array,
};

/**
 * Decode an answer; its arrays are views of the buffer.
 *
 * @param {ArrayBuffer} buffer
 * @returns {{ header: Header, frames: Frame[] }}
 */
export function decode(buffer) {
  const headerLength = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, headerLength));
  const header = /** @type {Header} */ (JSON.parse(text));
  /** @type {Frame[]} */
  const frames = [];
  if (!header.kept) return { header, frames };
  const start = 4 + headerLength;
  for (let frame = 0; frame < header.frames; frame += 1)
    frames.push(decodeFrame(buffer, start + frame * header.frame_bytes, header.arrays));
  for (const { name, frame, dtype, offset, length } of header.kept)
    frames[frame][name] = new ARRAY_TYPES[dtype](buffer, start + offset, length);
  return { header, frames };
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} offset
 * @param {FrameArray[]} arrays
 */
function decodeFrame(buffer, offset, arrays) {
  /** @type {Frame} */
  const frame = {};
  for (const array of arrays) {
    if (array.kept) continue;
    const Type = ARRAY_TYPES[array.dtype];
    frame[array.name] = new Type(buffer, offset + array.offset, array.length);
  }
  return frame;
}
