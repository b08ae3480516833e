// Reads a run's answer: [header length][header JSON][frames]; stage/protocol.py writes it.

const ARRAY_TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  int32: Int32Array,
};

/** @returns {{header: object, frames: Array<Object<string, TypedArray>>}} */
export function decode(buffer) {
  const headerLength = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerLength)));
  const frames = [];
  const start = 4 + headerLength;
  for (let frame = 0; frame < header.frames; frame += 1) {
    const offset = start + frame * header.frame_bytes;
    frames.push(decodeFrame(buffer, offset, header.arrays));
  }
  for (const { name, frame, dtype, offset, length } of header.kept ?? [])
    frames[frame][name] = new ARRAY_TYPES[dtype](buffer, start + offset, length);
  return { header, frames };
}

function decodeFrame(buffer, offset, arrays) {
  const frame = {};
  for (const array of arrays) {
    if (array.kept) continue;
    const Type = ARRAY_TYPES[array.dtype];
    frame[array.name] = new Type(buffer, offset + array.offset, array.length);
  }
  return frame;
}
