// Puts new values into a trace that is drawn. Plotly works out all settings of a chart anew when its
// values change, which is most of the time of a frame. Where the values decide nothing but where
// points lie, it may go on with what it has worked out.

import { fill } from "./bindings.js";

/** @import { Binding, FullTrace, PlotElement, Rows, Trace, Values } from "./types" */

const PLACES = new Set(["x", "y", "customdata"]); // attributes on which no setting depends

/**
 * Put values into a trace; return whether its settings stay as Plotly has worked them out.
 *
 * @param {PlotElement} plot
 * @param {number} number of the trace
 * @param {Binding} binding
 * @param {Values | Rows} values
 */
export function refill(plot, number, binding, values) {
  const trace = plot.data[number];
  const { mode } = trace;
  fill(trace, binding, values);
  const full = plot._fullData?.[number];
  const same = full?.visible === true && trace.mode === mode && PLACES.has(binding.attribute);
  if (!full || !same || !values.length) return false;
  Object.assign(full, { [binding.attribute]: values });
  full._length = lengthOf(full);
  return true;
}

/**
 * Let Plotly skip, or not skip, working out the settings the next time that it would.
 *
 * @param {PlotElement} plot
 * @param {boolean} skip
 */
export function skipSettings(plot, skip) {
  if (plot._fullLayout) plot._fullLayout._skipDefaults = skip;
}

/**
 * Return the number of a trace's points, as Plotly counts them.
 *
 * @param {Trace & FullTrace} full
 */
function lengthOf({ x, y }) {
  return Math.min(x?.length ?? Infinity, y?.length ?? Infinity);
}
