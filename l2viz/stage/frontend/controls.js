// The stage's own controls: sliders, buttons, the table of numbers, the notice.

import { find, setText, setValue } from "./dom.js";
import { FULL_SPEED, PACES } from "./playhead.js";
import { SliderScale } from "./slider_scale.js";

/** @import { Actions, PlainAction, Pins, Readout, ReadoutRow, StatusDisplay } from "./types" */

// Drawn, as fonts on a projector's machine may lack the symbols.
/** @param {string} path */
const icon = (path) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
const ICONS = {
  startOver: icon("M3 3h2v10H3zM13 3v10L6 8z"),
  play: icon("M4 2.5v11L13 8z"),
  pause: icon("M4 3h3v10H4zM9 3h3v10H9z"),
  step: icon("M3 3v10l7-5zM11 3h2v10h-2z"),
  keys: icon("M1 4h14v9H1zM3 6v1.5h1.5V6zM6 6v1.5h1.5V6zM9 6v1.5h1.5V6zM12 6v1.5h1.5V6zM4 9.5V11h8V9.5z"),
  present: icon("M1 2h14v9H9v1.5l2.5 1.5h-7L7 12.5V11H1zM2.5 3.5v6h11v-6z"),
  charts: icon("M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z"),
};

const TEMPLATE = `
<div class="l2viz-bar l2viz-strength-bar">
  <label class="l2viz-strength">
    <span class="l2viz-label">Strength λ <output class="l2viz-lambda"></output></span>
    <input type="range" min="0" max="0" step="1" value="0" aria-label="Strength λ"
      title="Left and right arrow, or a presenter's clicker">
    <span class="l2viz-ends" aria-hidden="true"></span>
  </label>
  <div class="l2viz-pins" role="group" aria-label="Pinned strengths">
    <button data-do="pinA" class="l2viz-pin l2viz-pin-a"></button>
    <button data-do="pinB" class="l2viz-pin l2viz-pin-b"></button>
    <button data-do="goBest" title="Go to the strength that is best on validation data">best</button>
  </div>
  <div class="l2viz-train">
    <button data-do="train" class="l2viz-primary">Train</button>
    <button data-do="stop">Stop</button>
  </div>
</div>
<div class="l2viz-bar">
  <div class="l2viz-transport" role="group" aria-label="Playhead">
    <button data-do="startOver" title="Start over (Home)" aria-label="Start over">${ICONS.startOver}</button>
    <button data-do="togglePlay" class="l2viz-play" title="Play or pause (space)"></button>
    <button data-do="epochUp" title="One step forward (up arrow)" aria-label="Step">${ICONS.step}</button>
    <select aria-label="Pace" title="Pace of the playhead"></select>
  </div>
  <label class="l2viz-epoch">
    <span class="l2viz-label"><output></output><span class="l2viz-progress" role="status"></span></span>
    <input type="range" min="0" max="0" step="1" value="0" aria-label="Epoch"
      title="Down and up arrow">
    <progress max="1" value="0" hidden></progress>
  </label>
  <div class="l2viz-tools" role="group" aria-label="Stage">
    <button class="l2viz-charts" title="Choose the charts (c, or their digits)">${ICONS.charts}Charts</button>
    <button data-do="present" class="l2viz-present" title="Presenter mode (p)" aria-label="Presenter mode">${ICONS.present}</button>
    <button class="l2viz-keys" title="The keys (?)" aria-label="Keys">${ICONS.keys}</button>
  </div>
</div>
<table class="l2viz-readouts" role="table" aria-label="Numbers at this strength and epoch"><thead role="rowgroup"></thead><tbody role="rowgroup"></tbody></table>
<p class="l2viz-notice" role="status"></p>
<p class="l2viz-said" role="status"></p>
<div class="l2viz-panels"></div>
`;

export class Controls {
  /**
   * @param {HTMLElement} root
   * @param {Actions} actions
   */
  constructor(root, actions) {
    root.innerHTML = TEMPLATE;
    this.root = root;
    this.notice = find(root, ".l2viz-notice", HTMLElement);
    this.strength = find(root, 'input[aria-label="Strength λ"]', HTMLInputElement);
    this.epoch = find(root, 'input[aria-label="Epoch"]', HTMLInputElement);
    this.lambda = find(root, ".l2viz-lambda", HTMLElement);
    this.scale = new SliderScale(find(root, ".l2viz-ends", HTMLElement));
    this.epochText = find(root, ".l2viz-epoch output", HTMLElement);
    this.progress = find(root, "progress", HTMLProgressElement);
    this.progressText = find(root, ".l2viz-progress", HTMLElement);
    this.play = find(root, '[data-do="togglePlay"]', HTMLButtonElement);
    this.trainButton = find(root, '[data-do="train"]', HTMLButtonElement);
    this.stopButton = find(root, '[data-do="stop"]', HTMLButtonElement);
    this.pinA = find(root, '[data-do="pinA"]', HTMLButtonElement);
    this.pinB = find(root, '[data-do="pinB"]', HTMLButtonElement);
    this.pace = find(root, "select", HTMLSelectElement);
    this.chartsButton = find(root, ".l2viz-charts", HTMLButtonElement);
    this.keysButton = find(root, ".l2viz-keys", HTMLButtonElement);
    this.presentButton = find(root, ".l2viz-present", HTMLButtonElement);
    this.head = find(root, ".l2viz-readouts thead", HTMLTableSectionElement);
    this.body = find(root, ".l2viz-readouts tbody", HTMLTableSectionElement);
    this.panels = find(root, ".l2viz-panels", HTMLElement);
    this.said = find(root, ".l2viz-said", HTMLElement);
    /** @type {string[]} */
    this.strengths = [];
    /** @type {number[]} */
    this.recordedEpochs = [];
    /** @type {string[]} */
    this.labels = []; // of the readouts' columns
    this.watchTop(find(root, ".l2viz-strength", HTMLElement));
    this.connect(actions);
    this.showPlaying(false);
    this.showPins({ a: null, b: null });
  }

  /** @param {Actions} actions */
  connect(actions) {
    PACES.forEach((pace, i) => this.pace.append(new Option(pace.name, String(i))));
    this.pace.value = String(FULL_SPEED); // as a playhead begins; a run may be long in coming
    for (const button of this.root.querySelectorAll("button")) {
      const action = /** @type {PlainAction | undefined} */ (button.dataset.do);
      if (action) button.onclick = () => actions[action]();
    }
    this.strength.oninput = () => actions.setStrength(Number(this.strength.value));
    this.epoch.oninput = () => actions.setEpoch(Number(this.epoch.value));
    this.pace.onchange = () => actions.setPace(Number(this.pace.value));
  }

  /**
   * Tell styles whether an element sticks to the top of a narrow window.
   *
   * @param {HTMLElement} bar
   */
  watchTop(bar) {
    const watch = new IntersectionObserver(
      ([{ boundingClientRect: box }]) => this.root.toggleAttribute("data-stuck", box.top < 1),
      { rootMargin: "-1px 0px 0px 0px", threshold: 1 },
    );
    watch.observe(bar);
  }

  /**
   * Show the axes of a run.
   *
   * @param {number[]} numbers of the strengths
   * @param {string[]} strengths as texts
   * @param {number[]} recordedEpochs that the run will have
   * @param {Readout[]} readouts
   */
  showRun(numbers, strengths, recordedEpochs, readouts) {
    this.strengths = strengths;
    this.scale.show(numbers, strengths);
    this.recordedEpochs = recordedEpochs;
    this.strength.max = String(strengths.length - 1);
    this.epoch.max = String(recordedEpochs.length - 1);
    this.head.innerHTML = "";
    const row = this.head.insertRow();
    row.role = "row";
    row.append(
      columnHeader("λ", "strength: the number that multiplies the sum of squared weights"),
      ...readouts.map(({ label, about }) => columnHeader(label, about)),
    );
    this.labels = ["λ", ...readouts.map(({ label }) => label)];
  }

  /**
   * @param {number} strength
   * @param {number} epoch
   * @param {boolean} playing
   * @param {number} pace
   */
  showPosition(strength, epoch, playing, pace) {
    const lambda = this.strengths[strength];
    const recorded = this.recordedEpochs[epoch];
    const last = this.recordedEpochs[this.recordedEpochs.length - 1];
    setValue(this.strength, strength);
    setValue(this.epoch, epoch);
    setValue(this.pace, pace);
    setText(this.lambda, `= ${lambda}`);
    setText(this.epochText, `Epoch ${recorded} of ${last}`);
    const place = `λ = ${lambda}, epoch ${recorded} of ${last}`;
    this.strength.setAttribute("aria-valuetext", place);
    this.epoch.setAttribute("aria-valuetext", place);
    this.showPlaying(playing);
  }

  /** @param {boolean} playing */
  showPlaying(playing) {
    const label = playing ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") === label) return;
    this.play.setAttribute("aria-label", label);
    this.play.innerHTML = playing ? ICONS.pause : ICONS.play;
  }

  /** @param {Pins} pins */
  showPins({ a, b }) {
    this.showPin(this.pinA, "A", a);
    this.showPin(this.pinB, "B", b);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} letter
   * @param {number | null} strength
   */
  showPin(button, letter, strength) {
    const pinned = strength !== null;
    setText(button, pinned ? `${letter}: ${this.strengths[strength]} ✕` : `pin ${letter}`);
    button.setAttribute("aria-pressed", String(pinned));
    button.title = pinned ? `Unpin ${letter}` : `Pin the chosen strength as ${letter}`;
  }

  /** @param {ReadoutRow[]} rows the chosen strength first, then the pinned ones */
  showReadouts(rows) {
    while (this.body.rows.length > rows.length) this.body.deleteRow(-1);
    rows.forEach((row, i) => {
      const line = this.body.rows[i] ?? this.body.insertRow();
      line.role = "row";
      [row.name, ...row.values].forEach((text, column) => {
        const cell = line.cells[column] ?? line.insertCell();
        setText(cell, text);
        cell.role = "cell"; // said again, as the phone's layout takes a table's own roles away
        cell.dataset.label = this.labels[column];
      });
    });
  }

  /**
   * Tell those who do not see the charts what has become of them.
   *
   * @param {string} text
   */
  say(text) {
    setText(this.said, text);
  }

  /** @param {StatusDisplay} status */
  showStatus({ state, stale, notice, progress, trainLabel, trainBlocked }) {
    const training = state === "training";
    this.root.dataset.state = state;
    this.root.dataset.stale = String(stale);
    this.progress.hidden = !training;
    this.progress.value = progress.share;
    setText(this.progressText, progress.text);
    setText(this.notice, notice.text);
    this.notice.dataset.kind = notice.kind;
    this.stopButton.disabled = !training;
    this.trainButton.textContent = trainLabel;
    this.trainButton.disabled = trainBlocked;
  }
}

/**
 * @param {string} text
 * @param {string} about
 */
function columnHeader(text, about) {
  const cell = document.createElement("th");
  cell.textContent = text;
  cell.title = about;
  cell.scope = "col";
  cell.role = "columnheader";
  return cell;
}
