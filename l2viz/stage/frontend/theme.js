// Colours by the part they play: charts name a role ("@validation"), a theme its colour.

/** @import { Colours } from "./types" */

/**
 * Return a copy with every role replaced by its colour.
 *
 * @template T
 * @param {T} value
 * @param {Colours} colours
 * @returns {T}
 */
export function coloured(value, colours) {
  return /** @type {T} */ (replaceRoles(value, colours));
}

/**
 * @param {unknown} value
 * @param {Colours} colours
 * @returns {unknown}
 */
function replaceRoles(value, colours) {
  if (typeof value === "string") return value.startsWith("@") ? (colours[value] ?? value) : value;
  if (Array.isArray(value)) return value.map((part) => replaceRoles(part, colours));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, replaceRoles(part, colours)]),
  );
}

/**
 * Tell whether Streamlit's theme is dark, by the luminance of its background.
 *
 * @param {Element} element
 */
export function isDark(element) {
  const background = getComputedStyle(element).getPropertyValue("--st-background-color");
  const probe = document.createElement("span");
  probe.style.color = background;
  element.append(probe);
  const numbers = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
  probe.remove();
  const [red, green, blue] = numbers.map(Number);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
