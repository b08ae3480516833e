// The one place that says what is nearest.

/**
 * Return the index of the value with the smallest distance; of equally near ones the first.
 *
 * @param {ArrayLike<number>} values
 * @param {(value: number, index: number) => number} distance
 */
export function nearestIndex(values, distance) {
  const far = Array.from(values, distance);
  return far.indexOf(Math.min(...far));
}
