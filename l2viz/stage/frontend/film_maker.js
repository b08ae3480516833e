// Makes a film while the page stays in use: a box says how far it is, and cancels it.

import { find, setText } from "./dom.js";
import { recordFilm } from "./film.js";
import { download, svgToPng } from "./picture_output.js";

/** @import { FilmPlan } from "./film_plan.js" */

/**
 * title: what the box calls it. draw: draws the picture at a place, as an SVG. size: of the film in
 * pixels, and its scale. file: its name.
 *
 * @typedef {object} FilmOrder
 * @property {string} title
 * @property {FilmPlan} plan
 * @property {(place: number) => Promise<string>} draw
 * @property {{ scale: number, width: number, height: number }} size
 * @property {string} file
 */

const DRAWING = 0.6; // share of the bar for drawing, which takes longer than recording
const TEMPLATE = `
<div class="l2viz-film" role="group" aria-label="Film">
  <span role="status"></span>
  <progress max="1" value="0" aria-label="Share of the film that is made"></progress>
  <button>Cancel</button>
</div>
`;

export class FilmMaker {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const made = document.createElement("div");
    made.innerHTML = TEMPLATE;
    this.box = find(made, ".l2viz-film", HTMLElement); // on the page while it has something to say
    this.said = find(this.box, "[role=status]", HTMLElement);
    this.bar = find(this.box, "progress", HTMLProgressElement);
    this.button = find(this.box, "button", HTMLButtonElement);
    this.button.onclick = () => this.cancel();
    /** @type {AbortController | null} */
    this.work = null; // null while no film is made
  }

  get busy() {
    return this.work !== null;
  }

  /** Give up the film that is made, or close the box that says why there is none. */
  cancel() {
    this.work?.abort();
    this.work = null;
    this.box.remove();
  }

  /** @param {FilmOrder} order */
  async make(order) {
    if (this.busy) return;
    const work = (this.work = new AbortController());
    this.root.append(this.box);
    this.bar.hidden = false;
    setText(this.button, "Cancel");
    try {
      const film = await this.film(order, work.signal);
      download(film, film.type, order.file);
      this.cancel();
    } catch (problem) {
      if (!work.signal.aborted) this.fail(/** @type {Error} */ (problem).message);
    }
  }

  /**
   * @param {FilmOrder} order
   * @param {AbortSignal} signal
   */
  async film({ title, plan, draw, size }, signal) {
    /** @type {Blob[]} */
    const pictures = [];
    const count = plan.places.length;
    setText(this.said, `${title}: drawing ${count} pictures`);
    for (const [i, place] of plan.places.entries()) {
      this.bar.value = (DRAWING * i) / count;
      pictures.push(await svgToPng(await draw(place), size.scale));
      signal.throwIfAborted();
    }
    setText(this.said, `${title}: recording`);
    const tell = (/** @type {number} */ share) => {
      this.bar.value = DRAWING + (1 - DRAWING) * share;
    };
    return recordFilm(pictures, plan, { width: size.width, height: size.height }, tell, signal);
  }

  /** @param {string} message */
  fail(message) {
    this.work = null;
    this.bar.hidden = true;
    setText(this.said, `There is no film: ${message}`);
    setText(this.button, "Close");
  }
}
