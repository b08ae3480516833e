// Stands over the covered charts: the viewer draws a curve over λ, then the measured one is drawn.

import { emptyCurve, hill, pathOf, peakOf, placeAt, stroke } from "./guess_curve.js";
import { ticksOf } from "./slider_scale.js";

/** @import { Curve, Place } from "./guess_curve.js" */
/** @import { ShownRun } from "./view_state.js" */

/** @typedef {{ scene: string, array: string, ask: string }} Draws */

const WIDTH = 1000; // of the drawing, in its own units
const HEIGHT = 400;
const SECONDS_OF_ANSWER = 1.6;
const TEMPLATE = `
<p class="l2viz-guess-ask"></p>
<div class="l2viz-guess-axes">
  <span class="l2viz-guess-y" aria-hidden="true"><i>100 %</i><i>50 %</i><i>0 %</i></span>
  <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" tabindex="0" role="slider"
    aria-label="Your guess: the peak over λ" aria-valuemin="0">
    <path class="l2viz-guess-grid" d="M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/>
    <path class="l2viz-guess-drawn"/><path class="l2viz-guess-truth"/>
    <path class="l2viz-guess-peak"/>
  </svg>
  <span class="l2viz-guess-x" aria-hidden="true"></span>
</div>
<div class="l2viz-guess-foot"><output></output><button class="l2viz-primary"></button></div>
`;

export class GuessPanel {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} grid the charts that it stands over
   * @param {(guess: { scene: string, strength: number }) => void} onGuess
   * @param {() => void} onClosed called when the viewer has seen the answer
   */
  constructor(root, grid, onGuess, onClosed) {
    this.root = root;
    this.grid = grid;
    this.onGuess = onGuess;
    this.onClosed = onClosed;
    /** @type {Draws | null} */
    this.draws = null;
    /** @type {ShownRun | null} */
    this.run = null;
    /** @type {Curve} */
    this.curve = [];
    /** @type {Place | null} */
    this.last = null; // of the pointer, while it is down
    this.guessed = false;
    this.animation = 0;
    this.element = document.createElement("section");
    this.element.className = "l2viz-guess";
    this.element.innerHTML = TEMPLATE;
    const part = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (this.element.querySelector(selector));
    this.ask = part("p");
    this.axes = part("svg");
    this.scale = part(".l2viz-guess-x");
    this.words = part("output");
    this.button = /** @type {HTMLButtonElement} */ (part("button"));
    this.button.onclick = () => (this.guessed ? this.close() : this.send());
    this.axes.onpointerdown = (event) => this.press(event);
    this.axes.onpointermove = (event) => this.drag(event);
    this.axes.onpointerup = this.axes.onpointercancel = () => (this.last = null);
    this.axes.onkeydown = (event) => this.key(event);
    this.observer = new ResizeObserver(() => this.fit());
  }

  /** Whether it stands over the charts. */
  get open() {
    return this.element.isConnected;
  }

  /**
   * Open for a question, or close; once the viewer has guessed here, the answer stays.
   *
   * @param {Draws | null} draws
   * @param {boolean} moved whether Python has moved the viewer elsewhere
   */
  update(draws, moved) {
    if (moved && draws?.scene !== this.draws?.scene) this.close(false);
    if (!draws) {
      if (!this.guessed) this.close(false); // chosen by a button
      return;
    }
    if (this.draws?.scene === draws.scene && this.open) return;
    this.draws = draws;
    this.guessed = false;
    this.begin();
  }

  /**
   * Take over the run that is on the stage.
   *
   * @param {ShownRun | null} run
   */
  show(run) {
    this.run = run;
    this.begin();
  }

  begin() {
    if (!this.draws || !this.run || this.guessed) return;
    const { strengths, strength_texts: texts } = this.run.header;
    this.curve = emptyCurve(strengths.length);
    this.ask.textContent = `${this.draws.ask} Draw the curve that you expect, or click its peak.`;
    this.axes.setAttribute("aria-valuemax", String(strengths.length - 1));
    this.scale.replaceChildren(
      ...ticksOf(strengths, texts).map(({ at, text }) => {
        const tick = document.createElement("i");
        tick.textContent = at ? text : `λ = ${text}`;
        tick.style.left = `${100 * at}%`;
        return tick;
      }),
    );
    this.paint([]);
    if (this.open) return;
    this.root.append(this.element);
    this.observer.observe(this.grid);
    this.fit();
  }

  /** Cover the charts. */
  fit() {
    const { style } = this.element;
    style.top = `${this.grid.offsetTop}px`;
    style.height = `${Math.min(this.grid.offsetHeight, innerHeight - 40)}px`;
  }

  // ---- drawing

  /** @param {PointerEvent} event */
  press(event) {
    if (this.guessed) return;
    this.axes.setPointerCapture(event.pointerId);
    this.last = this.place(event);
    if (!peakOf(this.curve)) this.curve = hill(this.curve.length, this.last);
    else this.curve = stroke(this.curve, this.last, this.last);
    this.paint([]);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.last || this.guessed) return;
    const place = this.place(event);
    this.curve = stroke(this.curve, this.last, place);
    this.last = place;
    this.paint([]);
  }

  /** @param {PointerEvent} event */
  place(event) {
    const { left, top, width, height } = this.axes.getBoundingClientRect();
    const count = this.curve.length;
    return placeAt((event.clientX - left) / width, (event.clientY - top) / height, count);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (event.key === "Enter" && peakOf(this.curve) && !this.guessed) this.send();
    else if (!step || this.guessed) return;
    else {
      const last = this.curve.length - 1;
      const { member, height } = peakOf(this.curve) ?? { member: Math.round(last / 2), height: 0.7 };
      this.curve = hill(last + 1, {
        member: Math.max(0, Math.min(last, member + step[0])),
        height: Math.max(0.05, Math.min(1, height + 0.05 * step[1])),
      });
      this.paint([]);
    }
    event.preventDefault();
    event.stopPropagation(); // the arrows move the stage's strength elsewhere
  }

  // ---- the answer

  send() {
    const peak = peakOf(this.curve);
    if (!this.draws || !this.run || !peak) return;
    const { scene, array } = this.draws;
    this.guessed = true;
    this.onGuess({ scene, strength: this.run.header.strengths[peak.member] });
    const { data, header } = this.run;
    const truth = header.strengths.map((_, member) =>
      data.number(array, data.epochCount - 1, member),
    );
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const start = performance.now();
    const play = () => {
      const passed = still ? 1 : (performance.now() - start) / 1000 / SECONDS_OF_ANSWER;
      this.paint(truth.slice(0, Math.max(1, Math.ceil(passed * truth.length))));
      if (passed < 1) this.animation = requestAnimationFrame(play);
    };
    play();
    this.button.focus();
  }

  /** @param {number[]} truth the measured shares, as far as they are drawn */
  paint(truth) {
    const count = this.curve.length;
    const set = (/** @type {string} */ name, /** @type {string} */ path) =>
      this.element.querySelector(`.l2viz-guess-${name}`)?.setAttribute("d", path);
    /** @type {Curve} */
    const measured = emptyCurve(count).map((_, member) => truth[member] ?? null);
    const peak = peakOf(this.curve);
    set("drawn", pathOf(this.curve, WIDTH, HEIGHT));
    set("truth", pathOf(measured, WIDTH, HEIGHT));
    const x = peak ? (peak.member / Math.max(1, count - 1)) * WIDTH : 0;
    set("peak", peak ? `M${x} 0V${HEIGHT}` : "");
    const texts = this.run?.header.strength_texts ?? [];
    const own = peak ? `Your peak: λ = ${texts[peak.member]}.` : "";
    const best = truth.length === count ? peakOf(measured) : null;
    const so = best
      ? ` Measured: λ = ${texts[best.member]}, ${(100 * best.height).toFixed(1)} %.`
      : "";
    this.words.textContent = own + so;
    this.axes.setAttribute("aria-valuenow", String(peak?.member ?? 0));
    this.axes.setAttribute("aria-valuetext", own || "nothing drawn yet");
    this.button.textContent = this.guessed ? "Show the charts" : "This is my guess";
    this.button.disabled = !peak;
  }

  /** @param {boolean} [seen] whether the viewer has closed it */
  close(seen = true) {
    cancelAnimationFrame(this.animation);
    this.observer.disconnect();
    this.element.remove();
    this.draws = null;
    this.guessed = false;
    if (seen) this.onClosed();
  }
}
