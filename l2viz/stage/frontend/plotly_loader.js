// Loads Plotly: out of the page, if it has Plotly in itself, or from where the page links to it; and
// saves it a search that it repeats at every frame.

import { inlined, inlinedBytes } from "./inlined.js";

/** @import { Plotly } from "./types" */

/** @type {Promise<Plotly>} */
export const plotlyPromise = addressOfPlotly().then(
  (address) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(rememberArrayAttributes(window.Plotly));
      script.onerror = () => reject(new Error("Plotly could not be loaded."));
      document.head.append(script);
    }),
);

async function addressOfPlotly() {
  const element = inlined("plotly");
  const link = document.querySelector("link[data-l2viz-plotly]");
  if (link instanceof HTMLLinkElement) return link.href;
  if (!element) throw new Error("The page does not say where Plotly is.");
  const script = new Blob([await inlinedBytes(element)], { type: "text/javascript" });
  return URL.createObjectURL(script);
}

/**
 * Make Plotly remember which attributes of a trace hold arrays.
 *
 * It searches its whole schema for them each time a trace is drawn, which is most of the time of a
 * frame. A trace of ours keeps its attributes for life, so the answer is kept with it. Where Plotly
 * has no such function, nothing changes.
 *
 * @param {Plotly} plotly
 */
function rememberArrayAttributes(plotly) {
  const schema = plotly.PlotSchema;
  const search = schema?.findArrayAttributes;
  if (!schema || typeof search !== "function") return plotly;
  /** @type {WeakMap<object, string[]>} */
  const known = new WeakMap();
  schema.findArrayAttributes = (trace) => {
    if (!trace._input) return search(trace);
    const attributes = known.get(trace._input) ?? search(trace);
    known.set(trace._input, attributes);
    return attributes;
  };
  return plotly;
}
