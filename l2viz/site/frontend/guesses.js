// What a viewer guessed on the site's pages, as long as the browser's tab is open.

/** choice: its position, -1 if the answer was shown without one; strength: of a drawn guess. */
/** @typedef {{ choice: number, strength?: number }} Guess */

export const SHOWN = -1;
const KEY = "l2viz.guesses";

/** @returns {Record<string, Guess>} by the key of a scene or of a card */
export function guesses() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  } catch {
    return {}; // the browser keeps nothing for this page
  }
}

/**
 * Keep a guess; the first one counts.
 *
 * @param {string} key
 * @param {Guess} guess
 */
export function keep(key, guess) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ [key]: guess, ...guesses() }));
  } catch {
    // then it is known on this page alone
  }
}

/**
 * Return the choice nearest to a drawn strength: 0 is near itself alone, others by their ratio.
 * The same as Question.nearest_choice in l2viz/lesson/content.py.
 *
 * @param {number[]} strengths of the choices
 * @param {number} strength
 */
export function nearestChoice(strengths, strength) {
  if (strength <= 0) return strengths.indexOf(Math.min(...strengths));
  const distance = (/** @type {number} */ each) =>
    each > 0 ? Math.abs(Math.log(each / strength)) : Infinity;
  return strengths.reduce(
    (best, each, choice) => (distance(each) < distance(strengths[best]) ? choice : best),
    0,
  );
}
