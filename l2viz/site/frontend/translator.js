// λ of Keras <-> the setting of another library; the formulas are those of l2viz/interop.

/**
 * factor: with f = factor ÷ (what it needs), λ = f · setting; inverse: λ = f ÷ setting.
 *
 * @typedef {object} Convention
 * @property {string} key
 * @property {number} factor
 * @property {string[]} needs
 * @property {boolean} inverse
 * @property {boolean} exact
 */

/** @typedef {Record<string, number>} Numbers samples, batch_size and learning_rate */

/**
 * @param {Convention} convention
 * @param {Numbers} numbers
 */
function scaleOf({ factor, needs }, numbers) {
  return needs.reduce((scale, name) => scale / numbers[name], factor);
}

/**
 * @param {number} strength λ
 * @param {Convention} convention
 * @param {Numbers} numbers
 */
export function settingOf(strength, convention, numbers) {
  const scale = scaleOf(convention, numbers);
  if (!convention.inverse) return strength / scale;
  return strength < SMALLEST ? Infinity : scale / strength;
}

/**
 * @param {number} setting
 * @param {Convention} convention
 * @param {Numbers} numbers
 */
export function strengthOf(setting, convention, numbers) {
  const scale = scaleOf(convention, numbers);
  return convention.inverse ? scale / setting : setting * scale;
}

const SMALLEST = 2 ** -1022; // sys.float_info.min

/**
 * Write a number with six digits, as Python's `:.6g` does.
 *
 * @param {number} number
 */
export function sixDigits(number) {
  if (!Number.isFinite(number)) return "∞";
  if (number === 0) return "0";
  const [digits, power] = number.toExponential(5).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(Number(number.toPrecision(6)));
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${short}e${exponent < 0 ? "-" : "+"}${size}`;
}
