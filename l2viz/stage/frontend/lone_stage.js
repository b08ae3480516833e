// The stage on a page without Python: the page says what it shows, the address where the viewer is.

import { PLAIN, hashOf, viewOf } from "./lab_address.js";
import { Stage } from "./stage.js";

/** @import { ReadRun } from "./chart_loader.js" */
/** @import { PythonMessage, StreamlitComponent, View } from "./types" */

/** What a page says to the stage; see StageData in stage/component.py. */
/** @typedef {Omit<PythonMessage, "view" | "place">} Said */

/** @type {Said} */
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

export class LoneStage {
  /**
   * Open the stage where the address says, and follow the address.
   *
   * @param {HTMLElement} root
   * @param {ReadRun} read
   * @param {object} [page]
   * @param {View} [page.opening] the view without a "#" in the address
   * @param {Partial<Said>} [page.says]
   * @param {(guess: { scene: string, strength: number }) => void} [page.onGuess] of a drawn guess
   */
  constructor(root, read, { opening = PLAIN, says = {}, onGuess = () => {} } = {}) {
    this.root = root;
    this.opening = opening;
    this.said = { ...MESSAGE, ...says };
    this.onGuess = onGuess;
    this.place = 0; // counts the views to which the address has moved the viewer
    this.stage = new Stage(root, document.baseURI, () => read);
    this.follow();
    window.addEventListener("hashchange", () => this.follow());
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.stage.renderer.recolour());
  }

  /** Move the viewer where the address says. */
  follow() {
    this.place += 1;
    this.say({});
  }

  /** @param {Partial<Said>} changes */
  say(changes) {
    this.said = { ...this.said, ...changes };
    const data = { ...this.said, view: viewOf(location.hash, this.opening), place: this.place };
    this.stage.update({ parentElement: this.root, data, setStateValue: this.take });
  }

  /** @type {StreamlitComponent["setStateValue"]} */
  take = (name, value) => {
    if (name === "view") writeHash(hashOf(/** @type {View} */ (value), this.opening));
    if (name === "guess") this.onGuess(/** @type {{ scene: string, strength: number }} */ (value));
  };
}

/** @param {string} hash "" for none */
function writeHash(hash) {
  if (location.protocol === "about:") return; // in a notebook's cell, which has no address
  history.replaceState(history.state, "", hash || location.pathname + location.search);
}
