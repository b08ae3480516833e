// Text in saved pictures: its font, its width, its lines.

export const FONT = "Arial, Helvetica, sans-serif"; // that pictures can count on elsewhere
const SPARE = 1.05; // a viewer's font may be a little wider

/** @type {CanvasRenderingContext2D | null} */
let measuring = null;

/**
 * @param {string} text
 * @param {number} size in pixels
 */
export function widthOf(text, size) {
  measuring ??= document.createElement("canvas").getContext("2d");
  if (!measuring) return 0.6 * size * text.length; // no memory for a canvas
  measuring.font = `${size}px ${FONT}`;
  return measuring.measureText(text).width * SPARE;
}

/**
 * Break a text into lines of a width.
 *
 * @param {string} text
 * @param {number} size
 * @param {number} width
 */
export function wrapped(text, size, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (!lines.length || widthOf(longer, size) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** @param {string} text */
export function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
