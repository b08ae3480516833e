// Follows the bindings that l2viz/charts/binding.py defines; a test holds the two together.

/** What a run holds in the browser: arrays by name, frames of moving arrays by epoch. */
export class RunArrays {
  constructor() {
    this.layouts = new Map(); // name -> {shape, by_epoch, by_strength} without epoch and strength
    this.still = new Map(); // name -> typed array without an epoch axis
    this.frames = [];
  }

  declare(arrays, still) {
    for (const array of arrays) this.layouts.set(array.name, { ...array, by_epoch: true });
    for (const array of still) {
      this.layouts.set(array.name, { ...array, by_epoch: false });
      this.still.set(array.name, Float64Array.from(array.values.map((v) => v ?? NaN)));
    }
  }

  get epochCount() {
    return this.frames.length;
  }

  number(name, epoch, member = 0) {
    return this.frames[epoch][name][this.layouts.get(name).by_strength ? member : 0];
  }
}

/** Positions of one binding: which member and which epochs, or null when nothing is pinned. */
export function memberOf(strength, run, position) {
  for (const choice of strength.split("|")) {
    if (choice === "zero") return 0;
    if (choice === "best") return run.number("best_strength", position.epoch);
    const member = { chosen: position.strength, a: position.a, b: position.b }[choice];
    if (member !== null && member !== undefined) return member;
  }
  return null;
}

/** A string that is equal for two positions exactly when `resolve` gives the same values. */
export function resolvedKey(binding, run, position) {
  const layout = run.layouts.get(binding.array);
  const epoch = layout.by_epoch ? position.epoch : "-";
  if (!layout.by_strength || binding.strength === "all") return `${epoch}`;
  return `${epoch}/${memberOf(binding.strength, run, position)}`;
}

/** The values of one binding at one position: a vector, the rows of a picture, null if not pinned. */
export function resolve(binding, run, position) {
  const layout = run.layouts.get(binding.array);
  const across = layout.by_strength && binding.strength === "all";
  let member = 0;
  if (layout.by_strength && !across) {
    member = memberOf(binding.strength, run, position);
    if (member === null) return null;
  }
  const place = placeOf(layout.shape, binding.index);
  const inner = layout.shape.reduce((product, size) => product * size, 1);
  const source = (epoch) =>
    layout.by_epoch ? run.frames[epoch][binding.array] : run.still.get(binding.array);
  if (layout.by_epoch && binding.epoch === "until") {
    const values = new Float64Array(position.epoch + 1);
    for (let epoch = 0; epoch <= position.epoch; epoch += 1)
      values[epoch] = source(epoch)[member * inner + place.offset];
    return values;
  }
  const now = source(position.epoch);
  if (across) {
    const members = now.length / inner;
    const values = new Float64Array(members);
    for (let k = 0; k < members; k += 1) values[k] = now[k * inner + place.offset];
    return values;
  }
  const start = member * inner + place.offset;
  return rows(now.subarray(start, start + place.length), place.shape);
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
