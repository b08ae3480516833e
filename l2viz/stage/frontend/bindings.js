// Follows the bindings that l2viz/charts/core/binding.py defines; a test holds the two together.

/** @import { ArrayShape, Binding, Frame, FrameArray, LineSelector, NumberArray, Position, Ribbons, Rows, Selector, StillArray, Trace, Values } from "./types" */

/** @typedef {ArrayShape & { by_epoch: boolean }} ArrayLayout */

/** What a run holds in the browser: arrays by name, frames of moving arrays by epoch. */
export class RunArrays {
  constructor() {
    /** @type {Map<string, ArrayLayout>} */
    this.layouts = new Map();
    /** @type {Map<string, NumberArray>} */
    this.still = new Map(); // arrays without an epoch axis
    /** @type {Set<string>} */
    this.kept = new Set(); // arrays in some frames only, whose values hold until the next
    /** @type {Frame[]} */
    this.frames = [];
  }

  /**
   * Take over which arrays there are.
   *
   * @param {FrameArray[]} arrays
   * @param {StillArray[]} still
   */
  declare(arrays, still) {
    for (const array of arrays) {
      this.layouts.set(array.name, { ...array, by_epoch: true });
      if (array.kept) this.kept.add(array.name);
    }
    for (const array of still) {
      this.layouts.set(array.name, { ...array, by_epoch: false });
      this.still.set(array.name, Float64Array.from(array.values.map((v) => v ?? NaN)));
    }
  }

  get epochCount() {
    return this.frames.length;
  }

  /**
   * @param {string} name
   * @returns {ArrayLayout}
   */
  layoutOf(name) {
    const layout = this.layouts.get(name);
    if (!layout) throw new Error(`l2viz: the run has no array "${name}"`);
    return layout;
  }

  /**
   * Return an array at an epoch, or its latest values before; undefined if there are none.
   *
   * @param {string} name
   * @param {number} epoch
   * @returns {NumberArray | undefined}
   */
  at(name, epoch) {
    if (!this.layoutOf(name).by_epoch) return this.still.get(name);
    return this.frames[this.frameOf(name, epoch)]?.[name];
  }

  /**
   * Return an array at every epoch up to one, or at those at which it is kept.
   *
   * @param {string} name
   * @param {number} epoch
   */
  until(name, epoch) {
    const frames = this.frames.slice(0, epoch + 1);
    return (this.kept.has(name) ? frames.filter((frame) => name in frame) : frames).map(
      (frame) => frame[name],
    );
  }

  /**
   * Return the frame that holds an array's values at an epoch; -1 before anything is kept.
   *
   * @param {string} name
   * @param {number} epoch
   */
  frameOf(name, epoch) {
    let frame = epoch;
    if (this.kept.has(name)) while (frame >= 0 && !(name in this.frames[frame])) frame -= 1;
    return frame;
  }

  /**
   * @param {string} name
   * @param {number} epoch
   * @param {number} member
   */
  number(name, epoch, member = 0) {
    return this.frames[epoch][name][this.layoutOf(name).by_strength ? member : 0];
  }
}

/**
 * Return the position on the strength axis that a selector means; null while nothing is pinned.
 *
 * @param {Selector} selector
 * @param {RunArrays} run
 * @param {Position} position
 * @returns {number | null}
 */
export function memberOf(selector, run, position) {
  switch (selector.kind) {
    case "chosen":
      return position.strength;
    case "best":
      return run.number("best_strength", position.epoch);
    case "fixed":
      return selector.member;
    case "pinned": {
      const member = position[selector.pin] ?? null;
      if (member !== null || !selector.otherwise) return member;
      return memberOf(selector.otherwise, run, position);
    }
    default:
      throw new Error(`a selector of one strength, got "${selector.kind}"`);
  }
}

/**
 * Return whether a selector reads all strengths and not one.
 *
 * @param {Selector} selector
 * @returns {selector is LineSelector}
 */
function isLine(selector) {
  return selector.kind === "all" || selector.kind === "until" || selector.kind === "each";
}

/**
 * Return a string that is equal for two positions only if `resolve` gives the same values.
 *
 * @param {Binding} binding
 * @param {RunArrays} run
 * @param {Position} position
 */
export function resolvedKey(binding, run, position) {
  const layout = run.layoutOf(binding.array);
  const epoch = layout.by_epoch ? run.frameOf(binding.array, position.epoch) : "-";
  if (layout.by_strength && binding.strength.kind === "until") return `${epoch}/${position.strength}`;
  if (!layout.by_strength || isLine(binding.strength)) return `${epoch}`;
  return `${epoch}/${memberOf(binding.strength, run, position)}`;
}

/**
 * Return the values of a binding: a vector, the rows of a picture, or null if there are none.
 *
 * @param {Binding} binding
 * @param {RunArrays} run
 * @param {Position} position
 * @returns {Values | Rows | null}
 */
export function resolve(binding, run, position) {
  const layout = run.layoutOf(binding.array);
  const across = layout.by_strength && isLine(binding.strength);
  const member = layout.by_strength && !across ? memberOf(binding.strength, run, position) : 0;
  if (member === null) return null; // the strength is not pinned
  const along = layout.by_epoch && binding.epoch !== "chosen";
  const sources = along
    ? run.until(binding.array, position.epoch)
    : [run.at(binding.array, position.epoch)].filter((source) => source !== undefined);
  if (!sources.length) return null; // nothing is kept yet
  const place = placeOf(layout.shape, binding.index);
  const inner = layout.shape.reduce((product, size) => product * size, 1);
  const members = binding.strength.kind === "until" ? position.strength + 1 : undefined;
  const starts = across
    ? Array.from({ length: members ?? sources[0].length / inner }, (_, k) => k * inner + place.offset)
    : [member * inner + place.offset];
  if ((along && binding.epoch === "each") || (across && binding.strength.kind === "each"))
    return withGaps(sources, starts, place.length);
  if (along) return Float64Array.from(sources, (source) => source[starts[0]]);
  if (across) return Float64Array.from(starts, (start) => sources[0][start]);
  const found = rows(sources[0].subarray(starts[0], starts[0] + place.length), place.shape);
  if (!binding.ribbons) return found;
  return ribbonHeights(binding.ribbons, /** @type {Rows} */ (found), run);
}

/**
 * Return the y values of ribbons, whose thickness stands for numbers: Ribbons of binding.py.
 *
 * @param {Ribbons} ribbons
 * @param {Rows} values
 * @param {RunArrays} run
 */
function ribbonHeights({ ends, column, sign, limit, width }, values, run) {
  const points = /** @type {NumberArray} */ (run.still.get(ends));
  const heights = new Float64Array(5 * values.length);
  for (let i = 0; i < values.length; i += 1) {
    const number = values[i][column];
    const size = sign === 0 ? Math.abs(number) : Math.max(sign * number, 0);
    const half = (0.5 * width * Math.min(size, limit)) / limit;
    const [left, right] = [points[2 * i], points[2 * i + 1]];
    heights.set([left - half, right - half, right + half, left + half, NaN], 5 * i);
  }
  return heights;
}

/**
 * Put resolved values into a trace; a line of one epoch is a dot.
 *
 * @param {Trace} trace
 * @param {Binding} binding
 * @param {Values | Rows} values
 */
export function fill(trace, binding, values) {
  Object.assign(trace, { [binding.attribute]: values });
  if (binding.epoch === "until") trace.mode = values.length === 1 ? "markers" : "lines";
}

/**
 * Join lines, with NaN between them: Plotly draws a gap.
 *
 * @param {NumberArray[]} sources
 * @param {number[]} starts
 * @param {number} length of one line
 */
function withGaps(sources, starts, length) {
  const values = new Float64Array(sources.length * starts.length * (length + 1) - 1).fill(NaN);
  let at = 0;
  for (const source of sources)
    for (const start of starts) {
      values.set(source.subarray(start, start + length), at);
      at += length + 1;
    }
  return values;
}

/**
 * Return where `index` points in an array of `shape`: offset, length and shape of what is left.
 *
 * @param {number[]} shape
 * @param {number[]} index
 */
function placeOf(shape, index) {
  let length = shape.reduce((product, size) => product * size, 1);
  let offset = 0;
  index.forEach((chosen, axis) => {
    length /= shape[axis];
    offset += chosen * length;
  });
  return { offset, length, shape: shape.slice(index.length) };
}

/**
 * @param {NumberArray} values
 * @param {number[]} shape
 * @returns {Values | Rows}
 */
function rows(values, shape) {
  if (shape.length < 2) return values;
  const width = shape[1];
  return Array.from({ length: shape[0] }, (_, row) =>
    values.subarray(row * width, (row + 1) * width),
  );
}
