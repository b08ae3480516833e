// What a chart's key says, on the page and in saved pictures.

/** @import { Binding, LoadedChart, Pins, Position } from "./types" */

/**
 * colour, fill: as roles of the theme; dash: as Plotly names it.
 *
 * @typedef {{ text: string, kind: "line" | "band" | "dot" | "none", colour: string, fill: string, dash: string }} KeyEntry
 */

/** How every chart draws a pin; l2viz/charts/core/traces.py says the same. */
const PINS = /** @type {const} */ ([
  { pin: "a", letter: "A", colour: "@a", dash: "dash" },
  { pin: "b", letter: "B", colour: "@b", dash: "dot" },
]);

/**
 * List the traces of a chart's key.
 *
 * @param {LoadedChart} chart
 * @returns {KeyEntry[]}
 */
export function tracesInKey({ traces }) {
  return traces
    .filter(({ showlegend }) => showlegend)
    .map(({ type, name, mode, fill, fillcolor, line, marker }) => {
      const bar = type === "bar";
      const dot = mode === "markers";
      const colour = (bar || dot ? marker?.color : line?.color) ?? "";
      return {
        text: name,
        kind: dot ? "dot" : bar || fill ? "band" : "line",
        colour,
        fill: (bar ? marker?.color : fillcolor) ?? "",
        dash: line?.dash ?? "solid",
      };
    });
}

/**
 * List the pinned strengths that a chart draws.
 *
 * @param {LoadedChart} chart
 * @param {Position} position
 * @param {string[]} strengths as texts
 * @returns {KeyEntry[]}
 */
export function pinsInKey(chart, position, strengths) {
  return PINS.flatMap(({ pin, letter, colour, dash }) => {
    const member = position[pin];
    if (member === null || !chart.bindings.some((binding) => reads(binding, pin))) return [];
    return [{ text: `${letter}: λ = ${strengths[member]}`, kind: "line", colour, fill: "", dash }];
  });
}

/**
 * @param {Binding} binding
 * @param {keyof Pins} pin
 */
function reads({ strength }, pin) {
  return strength.kind === "pinned" && strength.pin === pin;
}
