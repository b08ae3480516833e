// A guess drawn over λ: a height from 0 to 1 at each strength, null where nothing is drawn yet.

/** @typedef {(number | null)[]} Curve */
/** @typedef {{ member: number, height: number }} Place */

const WIDTH = 0.18; // of the hill that a click makes, as a share of the axis
const FLOOR = 0.1; // its foot, as a share of its height

/**
 * @param {number} count
 * @returns {Curve}
 */
export function emptyCurve(count) {
  return Array.from({ length: count }, () => null);
}

/**
 * Return the place of a pointer, kept inside the axes.
 *
 * @param {number} across share of the width, from the left
 * @param {number} down share of the height, from the top
 * @param {number} count
 * @returns {Place}
 */
export function placeAt(across, down, count) {
  const member = Math.round(Math.min(1, Math.max(0, across)) * (count - 1));
  return { member, height: 1 - Math.min(1, Math.max(0, down)) };
}

/**
 * Draw a straight stroke from one place to the next.
 *
 * @param {Curve} curve
 * @param {Place} from
 * @param {Place} to
 * @returns {Curve}
 */
export function stroke(curve, from, to) {
  const drawn = [...curve];
  const step = Math.sign(to.member - from.member) || 1;
  const steps = Math.abs(to.member - from.member);
  for (let i = 0; i <= steps; i += 1) {
    const share = steps ? i / steps : 1;
    drawn[from.member + i * step] = from.height + share * (to.height - from.height);
  }
  return drawn;
}

/**
 * Return a hill with its peak at a place, for a click and for the keyboard.
 *
 * @param {number} count
 * @param {Place} peak
 * @returns {Curve}
 */
export function hill(count, { member, height }) {
  return Array.from({ length: count }, (_, i) => {
    const apart = (i - member) / (WIDTH * Math.max(1, count - 1));
    return height * (FLOOR + (1 - FLOOR) * Math.exp(-apart * apart));
  });
}

/**
 * Return the place of the largest height, the first of equal ones; null if nothing is drawn.
 *
 * @param {Curve} curve
 * @returns {Place | null}
 */
export function peakOf(curve) {
  /** @type {Place | null} */
  let peak = null;
  curve.forEach((height, member) => {
    if (height !== null && (peak === null || height > peak.height)) peak = { member, height };
  });
  return peak;
}

/**
 * Return the SVG path of a curve in a box of this size; pieces are separate.
 *
 * @param {Curve} curve
 * @param {number} width
 * @param {number} height
 */
export function pathOf(curve, width, height) {
  let path = "";
  let down = false;
  curve.forEach((value, member) => {
    if (value === null) {
      down = false;
      return;
    }
    const x = (member / Math.max(1, curve.length - 1)) * width;
    path += `${down ? "L" : "M"}${x.toFixed(1)} ${((1 - value) * height).toFixed(1)}`;
    down = true;
  });
  return path;
}
