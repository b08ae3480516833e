// Numbers as text, as l2viz/experiment/number_text.py writes them; tests/stage/number_cases.json
// holds the two together.

/** @import { NumberForm } from "./types" */

const MINUS = "−";
const NO_NUMBER = "–";
const SMALLEST_POWER = -3; // of ten, of the numbers that are written out
const LARGEST_POWER = 4;

/**
 * Format a measured number with three significant digits, also if the last of them are 0.
 *
 * Not by Intl.NumberFormat: it rounds the shortest decimal form instead of the number itself
 * (1.005, which is stored as 1.00499…, gives 1.01).
 *
 * @param {number} value
 */
export function number(value) {
  if (!Number.isFinite(value)) return NO_NUMBER;
  if (value === 0) return "0";
  const { mantissa, power } = parts(value);
  if (isWrittenOut(power)) return signOf(value) + writtenOut(Math.abs(value), 2 - power);
  return `${signOf(value)}${mantissa}×${tenTo(power)}`;
}

/**
 * Format a number that is a choice, such as λ: at most three digits.
 *
 * @param {number} value
 */
export function short(value) {
  if (!Number.isFinite(value) || value === 0) return number(value);
  const { mantissa, power } = parts(value);
  if (isWrittenOut(power)) return signOf(value) + String(Number(Math.abs(value).toPrecision(3)));
  const factor = String(Number(mantissa));
  return signOf(value) + (factor === "1" ? tenTo(power) : `${factor}×${tenTo(power)}`);
}

/**
 * Format a readout in its form; "percent" and "points" are of a share.
 *
 * @param {number} value
 * @param {NumberForm} form
 */
export function readout(value, form) {
  if (form === "number") return number(value);
  if (!Number.isFinite(value)) return NO_NUMBER;
  const size = Math.abs(100 * value).toFixed(1);
  const sign = size === "0.0" ? "" : signOf(value);
  const points = size === "1.0" ? "point" : "points";
  return `${sign}${size} ${form === "percent" ? "%" : points}`;
}

/**
 * Format a duration.
 *
 * @param {number} value
 */
export function seconds(value) {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

/** @param {number} value */
function parts(value) {
  const [mantissa, power] = Math.abs(value).toExponential(2).split("e");
  return { mantissa, power: Number(power) };
}

/** @param {number} power */
function isWrittenOut(power) {
  return SMALLEST_POWER <= power && power <= LARGEST_POWER;
}

/**
 * @param {number} size
 * @param {number} decimals below 0 where the number has more than three digits
 */
function writtenOut(size, decimals) {
  return decimals < 0 ? String(Number(size.toPrecision(3))) : size.toPrecision(3);
}

/** @param {number} value */
function signOf(value) {
  return value < 0 ? MINUS : "";
}

/** @param {number} power */
function tenTo(power) {
  return `10${[...String(power)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("")}`;
}
