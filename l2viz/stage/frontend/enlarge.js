// Type, lines and margins of a figure, larger by a factor: for whoever sits at the back.

const ENLARGED = {
  font: ["size"],
  tickfont: ["size"],
  line: ["width"],
  marker: ["size"],
  margin: ["l", "r", "t", "b"],
};

/** A copy of a part of a figure, of its layout or of its traces. */
export function enlarge(part, factor) {
  if (factor === 1 || part === null || typeof part !== "object") return part;
  if (ArrayBuffer.isView(part)) return part; // data
  if (Array.isArray(part)) return part.map((each) => enlarge(each, factor));
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, enlarged(name, value, factor)]),
  );
}

function enlarged(name, value, factor) {
  const copy = enlarge(value, factor);
  for (const size of ENLARGED[name] ?? [])
    if (typeof copy[size] === "number") copy[size] *= factor;
  return copy;
}
