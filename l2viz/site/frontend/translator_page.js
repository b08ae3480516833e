// The page of the translator: its fields, its table, and what it says of a wrong number.

import { settingOf, sixDigits, strengthOf } from "./translator.js";

/** @import { Convention, Numbers } from "./translator.js" */

/** A field: what its number may be, and the sentence if it is not. */
/** @typedef {{ smallest: number, largest: number, whole: boolean, refusal: string }} Rule */

/**
 * @param {HTMLElement} root
 * @param {{ conventions: Convention[], rules: Record<string, Rule>, largestStrength: number }} facts
 */
export function openTranslator(root, { conventions, rules, largestStrength }) {
  const field = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement} */ (root.querySelector(`[name="${name}"]`));
  const words = /** @type {HTMLElement} */ (root.querySelector("[data-strength]"));
  const table = /** @type {HTMLElement} */ (root.querySelector("table"));
  const show = () => {
    const refused = Object.keys(rules).find((name) => !holds(rules[name], field(name).value));
    for (const name of Object.keys(rules))
      field(name).setAttribute("aria-invalid", String(name === refused));
    if (refused) {
      table.hidden = true;
      words.textContent = rules[refused].refusal;
      return;
    }
    /** @type {Numbers} */
    const numbers = Object.fromEntries(
      Object.keys(rules).map((name) => [name, Number(field(name).value)]),
    );
    const given = conventions.find(({ key }) => key === field("from").value);
    const strength = given ? strengthOf(numbers.setting, given, numbers) : numbers.setting;
    table.hidden = !(strength <= largestStrength);
    if (table.hidden) {
      words.textContent = "No λ that Keras can use equals this: the setting is too small or too large.";
      return;
    }
    words.textContent = `λ = ${sixDigits(strength)} in Keras, regularizers.L2(${sixDigits(strength)}), equals:`;
    for (const convention of conventions) {
      const value = sixDigits(settingOf(strength, convention, numbers));
      const cell = table.querySelector(`[data-value="${convention.key}"]`);
      if (cell)
        cell.textContent = convention.exact
          ? value
          : `none equal; ${value} takes the same share per step`;
    }
  };
  root.addEventListener("input", show);
  show();
}

/**
 * @param {Rule} rule
 * @param {string} text
 */
function holds({ smallest, largest, whole }, text) {
  const number = Number(text);
  if (text.trim() === "" || !(number >= smallest && number <= largest)) return false;
  return !whole || Number.isInteger(number);
}
