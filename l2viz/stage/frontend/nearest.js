// The one place that says what is nearest.

/**
 * Return the index of the value with the smallest distance, of equally near ones the first; what has
 * no place, so that its distance is NaN, is never the nearest.
 *
 * @param {ArrayLike<number>} values
 * @param {(value: number, index: number) => number} distance
 */
export function nearestIndex(values, distance) {
  const far = Array.from(values, (value, i) => {
    const found = distance(value, i);
    return Number.isNaN(found) ? Infinity : found;
  });
  return far.indexOf(Math.min(...far));
}
