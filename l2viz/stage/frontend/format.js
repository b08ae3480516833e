// Numbers as text, with three significant digits.

/** @import { NumberForm } from "./types" */

/**
 * Format a number with three significant digits.
 *
 * Not by Intl.NumberFormat: it rounds the shortest decimal form instead of the number itself
 * (1.005, which is stored as 1.00499…, gives 1.01), which Python does not.
 *
 * @param {number} value
 */
export function number(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

/**
 * Format a readout in its form; "percent" and "points" are of a share.
 *
 * @param {number} value
 * @param {NumberForm} form
 */
export function readout(value, form) {
  if (form === "number") return number(value);
  if (!Number.isFinite(value)) return "–";
  return `${(100 * value).toFixed(1)} ${form === "percent" ? "%" : "points"}`;
}

/**
 * Format a duration.
 *
 * @param {number} value
 */
export function seconds(value) {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
