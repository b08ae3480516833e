// The stage in a file of its own: the run is in the page, and so is the viewer's place.

import { hashOf, viewOf } from "./lab_address.js";
import { readInlinedRun } from "./inlined_run.js";
import { Stage } from "./stage.js";

/** @import { PythonMessage, StreamlitComponent, View } from "./types" */

/** What the page says to the stage where there is a page; see StageData in stage/component.py. */
/** @type {Omit<PythonMessage, "view" | "place">} */
const MESSAGE = {
  run: "inlined",
  ended: true,
  covered: false,
  open: [],
  quiet: false,
  plays: "",
  draws: null,
  stale: "",
  refused: "",
  others: "",
  train_label: "Train",
  blocked: "",
  simple: false,
  broadcast: "",
  teaches: false,
};

/**
 * Open the stage on the run of this page, where the address says.
 *
 * @param {HTMLElement} root
 */
export function openLab(root) {
  const stage = new Stage(root, document.baseURI, () => readInlinedRun);
  let place = 0; // counts the views to which the address has moved the viewer
  /** @type {StreamlitComponent["setStateValue"]} */
  const setStateValue = (name, value) => {
    if (name === "view") writeHash(hashOf(/** @type {View} */ (value)));
  };
  const follow = () => {
    const data = { ...MESSAGE, view: viewOf(location.hash), place: (place += 1) };
    stage.update({ parentElement: root, data, setStateValue });
  };
  follow();
  window.addEventListener("hashchange", follow);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => stage.renderer.recolour());
}

/** @param {string} hash "" for none */
function writeHash(hash) {
  if (location.protocol === "about:") return; // in a notebook's cell, which has no address
  history.replaceState(history.state, "", hash || location.pathname + location.search);
}
