// The scale below the slider of strengths: its ends and the powers of ten, and marks at single
// strengths. Places are shares of the slider's way, from 0 to 1.

import { short } from "./format.js";
import { nearestIndex } from "./nearest.js";

/** @import { Pins } from "./types" */

/** @typedef {{ at: number, text: string }} Tick */

const CLOSEST = 0.09; // between two labels, as a share of the way
const LIKE = 1.35; // a strength within this factor of a power of ten stands for it

/**
 * Choose the strengths that have a label: both ends, and those at powers of ten, unless they are
 * too close to one before.
 *
 * @param {number[]} strengths rising, the first is 0
 * @param {string[]} texts of all strengths
 * @returns {Tick[]}
 */
export function ticksOf(strengths, texts) {
  const last = strengths.length - 1;
  if (last < 1) return [{ at: 0, text: texts[0] }];
  const first = { at: 0, text: texts[0] };
  const end = { at: 1, text: texts[last] };
  /** @type {Tick[]} */
  const between = [];
  for (let member = 1; member < last; member += 1) {
    const power = Math.round(Math.log10(strengths[member]));
    const nearest = nearestIndex(strengths, (each) => Math.abs(Math.log(each / 10 ** power)));
    if (nearest !== member || !isLike(strengths[member], 10 ** power)) continue;
    const at = member / last;
    const before = between.at(-1) ?? first;
    if (at - before.at >= CLOSEST && 1 - at >= CLOSEST) between.push({ at, text: short(10 ** power) });
  }
  return [first, ...between, end];
}

/**
 * @param {number} strength
 * @param {number} power
 */
function isLike(strength, power) {
  return strength / power < LIKE && power / strength < LIKE;
}

/** Draws the scale in an element below the slider. */
export class SliderScale {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.last = 0;
    /** @type {Record<string, HTMLElement>} */
    this.marks = {};
  }

  /**
   * @param {number[]} strengths
   * @param {string[]} texts
   */
  show(strengths, texts) {
    this.last = strengths.length - 1;
    const labels = ticksOf(strengths, texts).map(({ at, text }) => {
      const label = placed(document.createElement("span"), at);
      label.textContent = text;
      if (at === 0 || at === 1) label.dataset.end = String(at);
      return label;
    });
    for (const name of ["best", "a", "b"]) {
      this.marks[name] = document.createElement("i");
      this.marks[name].className = `l2viz-mark-${name}`;
    }
    this.element.replaceChildren(...labels, ...Object.values(this.marks));
  }

  /** @param {Pins & { best: number | null }} members that are marked */
  mark(members) {
    for (const [name, mark] of Object.entries(this.marks)) {
      const member = members[/** @type {"a" | "b" | "best"} */ (name)];
      mark.hidden = member === null;
      if (member !== null) placed(mark, this.last ? member / this.last : 0);
    }
  }
}

/**
 * Put an element where the slider's thumb is at a share of its way.
 *
 * @param {HTMLElement} element
 * @param {number} at
 */
function placed(element, at) {
  const left = `calc(8px + (100% - 16px) * ${at.toFixed(4)})`;
  if (element.style.left !== left) element.style.left = left;
  return element;
}
