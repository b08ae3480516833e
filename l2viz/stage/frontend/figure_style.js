// How a saved picture or film looks: what a viewer chose, in pixels and colours.

/** @import { PictureStyle } from "./figure.js" */
/** @import { OpeningHeader } from "./types" */

/**
 * @typedef {object} FigureChoice
 * @property {"slide" | "column" | "screen"} size
 * @property {"small" | "medium" | "large"} text
 * @property {"white" | "dark" | "transparent"} ground
 * @property {boolean} title
 * @property {boolean} footer
 * @property {"4" | "8"} seconds that a film takes
 */

/** @type {Readonly<FigureChoice>} */
export const DEFAULTS = {
  size: "slide",
  text: "medium",
  ground: "white",
  title: true,
  footer: true,
  seconds: "4",
};

const TEXT = { small: 0.85, medium: 1, large: 1.3 };
const COLUMN = 510; // width in pixels: 13.5 cm at 96 to the inch
const COLUMN_CHART = 310; // height of each chart
const MOST_COLUMNS = 3;

/**
 * @param {FigureChoice} choice
 * @param {number} count of charts
 * @param {{ width: number, height: number, columns: number }} onScreen
 * @param {OpeningHeader} header
 * @param {string} footer
 * @returns {PictureStyle}
 */
export function styleOf(choice, count, onScreen, { themes, saving }, footer) {
  const dark = choice.ground === "dark";
  const colours = themes[dark ? "dark" : saving.theme];
  return {
    ...sizeOf(choice.size, count, onScreen),
    text: TEXT[choice.text],
    title: choice.title,
    footer: choice.footer ? footer : "",
    colours,
    ground: choice.ground === "transparent" ? "" : colours["@ground"],
  };
}

/**
 * @param {FigureChoice["size"]} size
 * @param {number} count of charts
 * @param {{ width: number, height: number, columns: number }} onScreen
 */
export function sizeOf(size, count, onScreen) {
  if (size === "screen") return onScreen;
  if (size === "column") return { width: COLUMN, height: count * COLUMN_CHART, columns: 1 };
  // One chart fills the slide with larger text than six do.
  if (count === 1) return { width: 800, height: 450, columns: 1 };
  return { width: 1280, height: 720, columns: count === 4 ? 2 : MOST_COLUMNS };
}
