// WebM files: the pictures of a recording, written anew with other times.

const ID = {
  header: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  scale: 0x2ad7b1,
  duration: 0x4489,
  muxer: 0x4d80,
  writer: 0x5741,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
  clusterTime: 0xe7,
  block: 0xa3,
  cues: 0x1c53bb6b,
  cue: 0xbb,
  cueTime: 0xb3,
  cuePlace: 0xb7,
  cueTrack: 0xf7,
  cueCluster: 0xf1,
};
const NANOSECONDS = 1_000_000; // in a millisecond, the unit of all times here
const LATE = 10; // milliseconds by which the first picture may have been recorded later than others
const TIME_OF_BLOCK = 1; // bytes before its time: the number of its track

/**
 * Return the parts of a WebM file that a new one takes over.
 *
 * @param {Uint8Array} file
 */
export function partsOf(file) {
  const nothing = new Uint8Array();
  /** @type {{ header: Uint8Array, tracks: Uint8Array, blocks: Uint8Array[], times: number[] }} */
  const parts = { header: nothing, tracks: nothing, blocks: [], times: [] };
  let clusterTime = 0;
  let at = 0;
  while (at < file.length) {
    const start = at;
    const id = number(file, at, lengthAt(file, at), false);
    at += lengthAt(file, at);
    const size = number(file, at, lengthAt(file, at), true);
    at += lengthAt(file, at);
    if (id === ID.segment || id === ID.cluster) continue; // what is in them comes next
    const end = Math.min(at + size, file.length);
    if (id === ID.header) parts.header = file.slice(start, end);
    else if (id === ID.tracks) parts.tracks = file.slice(start, end);
    else if (id === ID.clusterTime) clusterTime = number(file, at, size, false);
    else if (id === ID.block) {
      const block = file.slice(at, end);
      parts.blocks.push(block);
      parts.times.push(clusterTime + new DataView(block.buffer).getInt16(TIME_OF_BLOCK));
    }
    at = end;
  }
  return parts;
}

/**
 * Return a WebM file with its pictures at other times.
 *
 * @param {Uint8Array} file
 * @param {number[]} taken when each picture was taken, by the clock, in milliseconds
 * @param {number[]} times at which it is to be shown
 * @param {number} duration of the whole
 * @returns {Uint8Array}
 */
export function retimed(file, taken, times, duration) {
  const { header, tracks, blocks, times: recorded } = partsOf(file);
  const moved = newTimes(recorded, taken, times);
  const info = element(
    ID.info,
    element(ID.scale, unsigned(NANOSECONDS)),
    element(ID.duration, real(duration)),
    element(ID.muxer, text("l2viz")),
    element(ID.writer, text("l2viz")),
  );
  const timed = blocks.map((block, i) => element(ID.block, at(block, moved[i])));
  const cluster = element(ID.cluster, element(ID.clusterTime, unsigned(0)), ...timed);
  const place = element(
    ID.cuePlace,
    element(ID.cueTrack, unsigned(1)),
    element(ID.cueCluster, unsigned(info.length + tracks.length)),
  );
  const cues = element(ID.cues, element(ID.cue, element(ID.cueTime, unsigned(0)), place));
  return joined([header, element(ID.segment, info, tracks, cluster, cues)]);
}

/**
 * Return when each recorded picture is to be shown. Where a browser has repeated pictures that
 * stayed long, what was recorded tells by its time which picture it is.
 *
 * @param {number[]} recorded times of what was recorded
 * @param {number[]} taken
 * @param {number[]} times
 */
export function newTimes(recorded, taken, times) {
  if (recorded.length === times.length) return times;
  /** @type {Map<number, number>} */
  const repeats = new Map();
  const moved = recorded.map((time) => {
    const since = time - recorded[0] + taken[0] + LATE;
    const picture = taken.findLastIndex((each) => each <= since);
    const repeat = repeats.get(picture) ?? 0;
    repeats.set(picture, repeat + 1);
    return times[picture] + repeat;
  });
  if (repeats.size < times.length)
    throw new Error(`the browser recorded ${repeats.size} of ${times.length} pictures.`);
  return moved;
}

/**
 * @param {Uint8Array} block
 * @param {number} time
 */
function at(block, time) {
  const moved = block.slice();
  new DataView(moved.buffer).setInt16(TIME_OF_BLOCK, Math.round(time));
  return moved;
}

/**
 * @param {number} id
 * @param {Uint8Array[]} content
 */
function element(id, ...content) {
  const whole = joined(content);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setUint32(4, whole.length);
  size[0] = 1; // a size of eight bytes
  return joined([unsigned(id), size, whole]);
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

/** @param {number} value */
function unsigned(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes.slice(Math.min(3, Math.floor(Math.clz32(value) / 8)));
}

/** @param {number} value */
function real(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

/** @param {string} words */
function text(words) {
  return new TextEncoder().encode(words);
}

/**
 * Return how many bytes an id or a size has: one more than its first byte has leading zeros.
 *
 * @param {Uint8Array} file
 * @param {number} start
 */
function lengthAt(file, start) {
  return Math.clz32(file[start]) - 23;
}

/**
 * @param {Uint8Array} file
 * @param {number} start
 * @param {number} length
 * @param {boolean} isSize without the bit that tells its length
 */
function number(file, start, length, isSize) {
  let value = isSize ? file[start] & (0xff >> length) : file[start];
  for (let i = 1; i < length; i += 1) value = value * 256 + file[start + i];
  return value;
}
