// The stage's own controls: built once, told what to show, telling what was done.

import { PACES } from "./playhead.js";

// Drawn, as fonts on a projector's machine may lack the symbols.
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
    <span class="l2viz-ends"><span></span><span></span></span>
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
    <button data-do="epochUp" title="One step on (up arrow)" aria-label="Step">${ICONS.step}</button>
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
<div class="l2viz-panels"></div>
`;

export class Controls {
  /** `actions`: what to do, by the name in data-do; `setStrength` and `setEpoch` take a position. */
  constructor(root, actions) {
    root.innerHTML = TEMPLATE;
    const find = (selector) => root.querySelector(selector);
    this.notice = find(".l2viz-notice");
    this.strength = find('input[aria-label="Strength λ"]');
    this.epoch = find('input[aria-label="Epoch"]');
    this.lambda = find(".l2viz-lambda");
    this.ends = root.querySelectorAll(".l2viz-ends span");
    this.epochText = find(".l2viz-epoch output");
    this.progress = find("progress");
    this.progressText = find(".l2viz-progress");
    this.play = find('[data-do="togglePlay"]');
    this.trainButton = find('[data-do="train"]');
    this.stopButton = find('[data-do="stop"]');
    this.pins = { a: find('[data-do="pinA"]'), b: find('[data-do="pinB"]') };
    this.pace = find("select");
    this.chartsButton = find(".l2viz-charts");
    this.keysButton = find(".l2viz-keys");
    this.presentButton = find(".l2viz-present");
    this.head = find(".l2viz-readouts thead");
    this.body = find(".l2viz-readouts tbody");
    this.panels = find(".l2viz-panels");
    PACES.forEach((pace, i) => this.pace.append(new Option(pace.name, i)));
    for (const button of root.querySelectorAll("[data-do]"))
      button.onclick = () => actions[button.dataset.do]();
    this.strength.oninput = () => actions.setStrength(Number(this.strength.value));
    this.epoch.oninput = () => actions.setEpoch(Number(this.epoch.value));
    this.pace.onchange = () => actions.setPace(Number(this.pace.value));
    this.pace.value = PACES.length - 1; // as a playhead begins; a run may be long in coming
    this.showPlaying(false);
    this.showPins({ a: null, b: null });
  }

  /** The axes of a run: its strengths in words, and the epochs it will have. */
  showRun(strengths, recordedEpochs, readouts) {
    this.strengths = strengths;
    this.recordedEpochs = recordedEpochs;
    this.strength.max = strengths.length - 1;
    this.epoch.max = recordedEpochs.length - 1;
    this.ends[0].textContent = "0";
    this.ends[1].textContent = strengths.at(-1);
    this.head.innerHTML = "";
    const row = this.head.insertRow();
    row.role = "row";
    row.append(heading("λ", "strength: the number that multiplies the sum of squared weights"));
    for (const { label, about } of readouts) row.append(heading(label, about));
    this.labels = ["λ", ...readouts.map(({ label }) => label)];
  }

  showPosition(strength, epoch, playing, pace) {
    const lambda = this.strengths[strength];
    const last = this.recordedEpochs.at(-1);
    setValue(this.strength, strength);
    setValue(this.epoch, epoch);
    setValue(this.pace, pace);
    setText(this.lambda, `= ${lambda}`);
    setText(this.epochText, `Epoch ${this.recordedEpochs[epoch]} of ${last}`);
    const place = `λ = ${lambda}, epoch ${this.recordedEpochs[epoch]} of ${last}`;
    this.strength.setAttribute("aria-valuetext", place);
    this.epoch.setAttribute("aria-valuetext", place);
    this.showPlaying(playing);
  }

  showPlaying(playing) {
    const label = playing ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") === label) return;
    this.play.setAttribute("aria-label", label);
    this.play.innerHTML = playing ? ICONS.pause : ICONS.play;
  }

  showPins(pins) {
    for (const [name, button] of Object.entries(this.pins)) {
      const letter = name.toUpperCase();
      const pinned = pins[name] !== null;
      setText(button, pinned ? `${letter}: ${this.strengths[pins[name]]} ✕` : `pin ${letter}`);
      button.setAttribute("aria-pressed", pinned);
      button.title = pinned ? `Unpin ${letter}` : `Pin the chosen strength as ${letter}`;
    }
  }

  /** rows: [{name, values: [text, ...]}], the chosen strength first, then those pinned. */
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

  showProgress(training, share, text) {
    this.progress.hidden = !training;
    this.progress.value = share;
    setText(this.progressText, text);
    this.stopButton.disabled = !training;
  }

  showNotice(text, kind) {
    setText(this.notice, text);
    this.notice.dataset.kind = kind;
  }
}

function heading(text, about) {
  const cell = document.createElement("th");
  cell.textContent = text;
  cell.title = about;
  cell.scope = "col";
  cell.role = "columnheader";
  return cell;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setValue(input, value) {
  if (Number(input.value) !== value) input.value = value;
}
