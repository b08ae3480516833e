// Loads Plotly, out of the installed package, and spares it a search it repeats at every frame.

export const plotlyPromise = new Promise((resolve, reject) => {
  const script = document.createElement("script");
  script.src = new URL("../plotly.min.js", import.meta.url).href;
  script.onload = () => resolve(rememberArrayAttributes(window.Plotly));
  script.onerror = () => reject(new Error("Plotly could not be loaded."));
  document.head.append(script);
});

/**
 * Which attributes of a trace hold arrays is searched for in the whole schema each time a trace
 * is drawn, which is most of the time of a frame. A trace of ours keeps its attributes for life,
 * so the answer is kept with it. Where Plotly has no such function, nothing changes.
 */
function rememberArrayAttributes(plotly) {
  const schema = plotly.PlotSchema;
  const search = schema?.findArrayAttributes;
  if (typeof search !== "function") return plotly;
  const known = new WeakMap();
  schema.findArrayAttributes = (trace) => {
    if (!trace._input) return search(trace);
    if (!known.has(trace._input)) known.set(trace._input, search(trace));
    return known.get(trace._input);
  };
  return plotly;
}
