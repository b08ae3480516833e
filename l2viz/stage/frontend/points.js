// Training points of a chart, and what a viewer does to them. Pure: point_editor.js draws them.

/** @import { Point, Trace, Values } from "./types" */

export const FEWEST = 2; // l2viz/experiment/fields.py has the same bounds
export const MOST = 100;
const DECIMALS = 3; // that the server keeps

/**
 * Return the points of the traces that can be edited, in the order of the training set.
 *
 * @param {Trace[]} traces filled
 * @returns {Point[]}
 */
export function pointsOf(traces) {
  /** @type {Point[]} */
  const points = [];
  for (const { x, y, customdata, meta } of traces) {
    if (meta?.edits !== "points" || !x || !y) continue;
    const rows = /** @type {Values | undefined} */ (customdata);
    for (let i = 0; i < x.length; i += 1)
      points[rows?.[i] ?? i] = withLabel([x[i], y[i]], meta.label);
  }
  return points;
}

/**
 * Return the class that a new point has: none if points have no classes.
 *
 * @param {Point[]} points
 * @param {boolean} second whether the viewer asked for the second class
 */
export function labelOfNew(points, second) {
  return points[0].length === 3 ? Number(second) : null;
}

/**
 * @param {Point[]} points
 * @param {number} index
 * @param {[number, number]} place
 */
export function moved(points, index, place) {
  return points.map((point, i) => (i === index ? withLabel(place, point[2]) : point));
}

/**
 * Return the points and one more; all as they were if there are as many as can be.
 *
 * @param {Point[]} points
 * @param {[number, number]} place
 * @param {number | null} label
 */
export function added(points, place, label) {
  return points.length < MOST ? [...points, withLabel(place, label)] : points;
}

/**
 * Return the points without one; all as they were if there are as few as can be.
 *
 * @param {Point[]} points
 * @param {number} index
 */
export function without(points, index) {
  return points.length > FEWEST ? points.filter((_, i) => i !== index) : points;
}

/**
 * Return the edits that are still awaited once a chart is drawn: those after the one that it shows;
 * null if it shows none of them, as a chart of other data.
 *
 * @param {Point[][]} sent edits whose runs have not come, the oldest first
 * @param {Point[]} drawn
 */
export function awaited(sent, drawn) {
  const shown = sent.findLastIndex((points) => areSame(points, drawn));
  return shown < 0 ? null : sent.slice(shown + 1);
}

/**
 * @param {Point[]} points
 * @param {Point[]} others
 */
function areSame(points, others) {
  const near = 10 ** -DECIMALS;
  return (
    points.length === others.length &&
    points.every((point, i) => point.every((value, k) => Math.abs(value - (others[i][k] ?? NaN)) <= near))
  );
}

/** @param {number} value */
export function rounded(value) {
  return Number(value.toFixed(DECIMALS));
}

/**
 * @param {[number, number]} place
 * @param {number | null | undefined} label
 * @returns {Point}
 */
function withLabel([x, y], label) {
  return typeof label === "number" ? [x, y, label] : [x, y];
}
