// Follows the bindings that l2viz/charts/core/binding.py defines; a test holds the two together.

/** What a run holds in the browser: arrays by name, frames of moving arrays by epoch. */
export class RunArrays {
  constructor() {
    this.layouts = new Map(); // name -> {shape, by_epoch, by_strength} without epoch and strength
    this.still = new Map(); // name -> typed array without an epoch axis
    this.kept = new Set(); // names of what stands in some frames alone, and holds until the next
    this.frames = [];
  }

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

  /** An array at an epoch, of a kept one the last until then; or undefined. */
  at(name, epoch) {
    if (!this.layouts.get(name).by_epoch) return this.still.get(name);
    return this.frames[this.frameOf(name, epoch)]?.[name];
  }

  /** An array at every epoch up to one, or at those at which it is kept. */
  until(name, epoch) {
    const frames = this.frames.slice(0, epoch + 1);
    return (this.kept.has(name) ? frames.filter((frame) => name in frame) : frames).map(
      (frame) => frame[name],
    );
  }

  /** The frame that holds an array's values at an epoch; -1 before anything is kept. */
  frameOf(name, epoch) {
    let frame = epoch;
    if (this.kept.has(name)) while (frame >= 0 && !(name in this.frames[frame])) frame -= 1;
    return frame;
  }

  number(name, epoch, member = 0) {
    return this.frames[epoch][name][this.layouts.get(name).by_strength ? member : 0];
  }
}

/** The position on the strength axis that a selector means; null while nothing is pinned. */
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

/** Whether a selector reads all strengths and not one. */
function isLine(selector) {
  return selector.kind === "all" || selector.kind === "each";
}

/** A string that is equal for two positions exactly when `resolve` gives the same values. */
export function resolvedKey(binding, run, position) {
  const layout = run.layouts.get(binding.array);
  const epoch = layout.by_epoch ? run.frameOf(binding.array, position.epoch) : "-";
  if (!layout.by_strength || isLine(binding.strength)) return `${epoch}`;
  return `${epoch}/${memberOf(binding.strength, run, position)}`;
}

/** The values of one binding at one position: a vector, the rows of a picture, null if not pinned. */
export function resolve(binding, run, position) {
  const layout = run.layouts.get(binding.array);
  const across = layout.by_strength && isLine(binding.strength);
  let member = 0;
  if (layout.by_strength && !across) {
    member = memberOf(binding.strength, run, position);
    if (member === null) return null;
  }
  const along = layout.by_epoch && binding.epoch !== "chosen";
  const sources = along
    ? run.until(binding.array, position.epoch)
    : [run.at(binding.array, position.epoch)];
  if (!sources[0]) return null; // nothing is kept yet
  const place = placeOf(layout.shape, binding.index);
  const inner = layout.shape.reduce((product, size) => product * size, 1);
  const starts = across
    ? Array.from({ length: sources[0].length / inner }, (_, k) => k * inner + place.offset)
    : [member * inner + place.offset];
  if ((along && binding.epoch === "each") || (across && binding.strength.kind === "each"))
    return withGaps(sources, starts, place.length);
  if (along) return Float64Array.from(sources, (source) => source[starts[0]]);
  if (across) return Float64Array.from(starts, (start) => sources[0][start]);
  return rows(sources[0].subarray(starts[0], starts[0] + place.length), place.shape);
}

/** Puts resolved values into a trace; a line of one epoch is a dot. */
export function fill(trace, binding, values) {
  trace[binding.attribute] = values;
  if (binding.epoch === "until") trace.mode = values.length === 1 ? "markers" : "lines";
}

/** Lines one after the other, NaN between, which is drawn as a gap. */
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

/** Where `index` points within an array of `shape`: offset, length and shape of what is left. */
function placeOf(shape, index) {
  let length = shape.reduce((product, size) => product * size, 1);
  let offset = 0;
  index.forEach((chosen, axis) => {
    length /= shape[axis];
    offset += chosen * length;
  });
  return { offset, length, shape: shape.slice(index.length) };
}

function rows(values, shape) {
  if (shape.length < 2) return values;
  const width = shape[1];
  return Array.from({ length: shape[0] }, (_, row) =>
    values.subarray(row * width, (row + 1) * width),
  );
}
