// Larger text, lines and margins of a chart, for those who sit at the back.

/** @type {Record<string, string[]>} */
const ENLARGED = {
  font: ["size"],
  tickfont: ["size"],
  line: ["width"],
  marker: ["size"],
  margin: ["l", "r", "t", "b"],
};

/**
 * Return a copy of traces or of a layout, enlarged by a factor.
 *
 * @template T
 * @param {T} part
 * @param {number} factor
 * @returns {T}
 */
export function enlarge(part, factor) {
  return factor === 1 ? part : /** @type {T} */ (enlarged(part, factor));
}

/**
 * @param {unknown} part
 * @param {number} factor
 * @returns {unknown}
 */
function enlarged(part, factor) {
  if (part === null || typeof part !== "object" || ArrayBuffer.isView(part)) return part;
  if (Array.isArray(part)) return part.map((each) => enlarged(each, factor));
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      const copy = enlarged(value, factor);
      return [name, withSizes(copy, ENLARGED[name] ?? [], factor)];
    }),
  );
}

/**
 * @param {unknown} part
 * @param {string[]} sizes
 * @param {number} factor
 */
function withSizes(part, sizes, factor) {
  if (!sizes.length || part === null || typeof part !== "object") return part;
  if (Array.isArray(part) || ArrayBuffer.isView(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) =>
      sizes.includes(name) && typeof value === "number" ? [name, value * factor] : [name, value],
    ),
  );
}
