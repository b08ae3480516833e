// The stage: one run, the viewer's place in it, and the charts that show it.
//
// Streamlit calls `mount` again with every message; what lasts is kept by parent element.

import { RunArrays } from "./bindings.js";
import { Controls } from "./controls.js";
import { Feed } from "./feed.js";
import { FigurePanel } from "./figure.js";
import * as format from "./format.js";
import { listen } from "./keys.js";
import { PicturePanel } from "./picture.js";
import { Playhead } from "./playhead.js";
import { plotlyPromise } from "./plotly.js";

const STATES = { queued: "training", training: "training", stopped: "finished" };
const TELL_AFTER = 250; // milliseconds of rest before Python learns of a new view

const stages = new WeakMap();

/** Streamlit's component entry; `base` is the address of the l2viz routes. */
export function mount(component, base) {
  const root = component.parentElement.querySelector("[data-l2viz-stage]");
  let stage = stages.get(root);
  if (!stage) {
    stage = new Stage(root, base);
    stages.set(root, stage);
  }
  stage.update(component);
  return () => {
    stage.remove();
    stages.delete(root);
  };
}

class Stage {
  constructor(root, base) {
    this.root = root;
    this.base = base;
    this.playhead = new Playhead();
    this.pins = { a: null, b: null };
    this.strength = 0;
    this.panels = [];
    this.header = null;
    this.frame = 0;
    const actions = this.actions();
    this.controls = new Controls(root, actions);
    this.stopListening = listen(root, actions);
    this.setState("idle");
    this.resizing = new ResizeObserver(() => this.fit());
    this.resizing.observe(root);
    this.onResize = () => this.fit();
    window.addEventListener("resize", this.onResize);
    const tick = (now) => {
      this.ticking = requestAnimationFrame(tick);
      this.advance(now);
    };
    this.ticking = requestAnimationFrame(tick);
  }

  // ---- what Python says

  update(component) {
    this.tellPython = component.setStateValue;
    this.askPython = component.setTriggerValue;
    const { data } = component;
    this.stale = data.stale;
    this.trainLabel = data.train_label;
    this.blocked = data.blocked;
    if (data.run !== this.run) this.open(data.run, data.view);
    this.showOffer();
    this.recolour();
  }

  /** Starts reading another run. The charts of the one before stay until it has an answer. */
  open(run, view) {
    this.feed?.close();
    const wanted = this.header ? this.view() : view;
    this.run = run;
    this.wanted = wanted;
    const address = new URL(`runs/${encodeURIComponent(run)}`, this.base).href;
    this.feed = new Feed(
      address,
      (header, frames) => this.receive(header, frames),
      (message, ended) => this.lose(message, ended),
    );
  }

  // ---- what the server says

  receive(header, frames) {
    this.progress = header;
    this.lost = "";
    if (header.charts) this.begin(header, frames);
    else if (frames.length) this.data.frames.push(...frames);
    if (header.ranges) this.applyRanges(header.ranges);
    this.setState(STATES[header.state] ?? header.state);
    this.showProgress();
    this.showOffer();
    this.requestDraw();
  }

  /** The first answer with measurements: until then the run before it stays on the stage. */
  begin(header, frames) {
    this.header = header;
    this.data = new RunArrays();
    this.data.declare(header.arrays, header.still);
    this.data.frames.push(...frames);
    this.begun = this.run;
    this.controls.showRun(header.strength_texts, header.recorded_epochs, header.readouts);
    const { wanted } = this;
    this.strength = this.nearest(wanted.strength ?? 0);
    this.pins = { a: this.nearest(wanted.a), b: this.nearest(wanted.b) };
    const epoch = header.recorded_epochs.indexOf(wanted.epoch);
    const last = header.frames - 1;
    this.playhead.playing = !header.ended;
    this.playhead.position = header.ended ? (epoch >= 0 ? Math.min(epoch, last) : last) : 0;
    this.buildPanels();
  }

  lose(message, ended) {
    this.lost = message;
    if (ended) this.setState("failed");
    this.showOffer();
  }

  nearest(strength) {
    if (strength === null || strength === undefined) return null;
    const distances = this.header.strengths.map((s) => Math.abs(s - strength));
    return distances.indexOf(Math.min(...distances));
  }

  // ---- the charts

  /** One panel for each slot; those of the run before stay in their place and change over. */
  async buildPanels() {
    this.ready = false;
    let plotly;
    try {
      plotly = await plotlyPromise;
    } catch (problem) {
      this.lose(`${problem.message} Reload the page to try again.`, true);
      return;
    }
    const slots = new Map();
    for (const chart of this.header.charts)
      slots.set(chart.slot, [...(slots.get(chart.slot) ?? []), chart]);
    const before = new Map(this.panels.map((panel) => [panel.slot, panel]));
    this.panels = [...slots].map(([slot, charts]) => {
      const panel = before.get(slot) ?? this.newPanel(slot, charts[0], plotly);
      before.delete(slot);
      panel.offer(charts);
      this.controls.panels.append(panel.element);
      return panel;
    });
    for (const panel of before.values()) panel.remove();
    this.ready = true;
    this.colours = null;
    this.recolour();
  }

  newPanel(slot, chart, plotly) {
    const redraw = () => this.redrawAll();
    if (chart.traces[0].type === "heatmap") return new PicturePanel(slot, redraw);
    return new FigurePanel(slot, redraw, plotly);
  }

  applyRanges(ranges) {
    let changed = false;
    for (const chart of this.header?.charts ?? []) {
      for (const [axis, range] of Object.entries(ranges[chart.name] ?? {})) {
        changed ||= String(chart.layout[axis].range) !== String(range);
        chart.layout[axis].range = range;
      }
    }
    if (changed) this.redrawAll();
  }

  /** Follows Streamlit's theme: light or dark, by the lightness of its ground. */
  recolour() {
    if (!this.header) return;
    const theme = isDark(this.root) ? "dark" : "light";
    const colours = this.header.themes[theme];
    if (colours === this.colours) return;
    this.root.dataset.theme = theme;
    this.colours = colours;
    this.redrawAll();
  }

  /** Gives the charts the height that is left of the window, and draws them in it. */
  fit() {
    const { panels } = this.controls;
    const above = panels.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
    const top = (this.top ??= this.root.getBoundingClientRect().top);
    panels.style.setProperty("--l2viz-above", `${Math.ceil(top + above + 14)}px`);
    const size = `${panels.clientWidth} × ${panels.clientHeight}`;
    if (size === this.size) return;
    this.size = size;
    this.redrawAll();
  }

  redrawAll() {
    this.wholeDraw = true;
    this.requestDraw();
  }

  requestDraw() {
    this.wantsDraw = true;
    if (!this.drawing) this.draw();
  }

  /** Draws until what is shown is where the viewer stands; positions in between are left out. */
  async draw() {
    if (!this.ready || !this.colours) return;
    this.drawing = true;
    while (this.wantsDraw && this.ready) {
      const whole = this.wholeDraw;
      this.wantsDraw = false;
      this.wholeDraw = false;
      const position = this.position();
      this.showNumbers(position);
      const { panels, data, colours } = this;
      try {
        await Promise.all(
          panels.map((panel) =>
            whole ? panel.draw(data, position, colours) : panel.move(data, position),
          ),
        );
        if (panels === this.panels) this.painted(position);
      } catch (problem) {
        if (panels === this.panels) console.error("l2viz: a chart was not drawn:", problem);
      }
    }
    this.drawing = false;
  }

  painted(position) {
    this.frame += 1;
    const { dataset } = this.root;
    dataset.strength = this.header.strengths[position.strength];
    dataset.epoch = this.header.recorded_epochs[position.epoch];
    dataset.charts = this.panels.length;
    dataset.frame = this.frame;
  }

  position() {
    const epoch = Math.min(this.playhead.epoch, this.data.epochCount - 1);
    return { strength: this.strength, epoch, ...this.pins };
  }

  showNumbers(position) {
    const { playing, pace } = this.playhead;
    this.controls.showPosition(position.strength, position.epoch, playing, pace);
    this.controls.showPins(this.pins);
    const row = (name, member) => ({
      name: `${name}${this.header.strength_texts[member]}`,
      values: this.header.readouts.map(({ array, form }) =>
        format.readout(this.data.number(array, position.epoch, member), form),
      ),
    });
    const rows = [row("", position.strength)];
    for (const pin of ["a", "b"])
      if (this.pins[pin] !== null) rows.push(row(`${pin.toUpperCase()}: `, this.pins[pin]));
    this.controls.showReadouts(rows);
  }

  // ---- the viewer

  actions() {
    const move = (change) => {
      if (!this.header) return;
      change();
      this.requestDraw();
      this.tellLater();
    };
    const last = () => this.data.epochCount - 1;
    const setStrength = (to) =>
      move(() => {
        this.strength = Math.max(0, Math.min(to, this.header.strengths.length - 1));
      });
    const setEpoch = (to) => move(() => this.playhead.goTo(to, last()));
    const pin = (name) => () =>
      move(() => {
        this.pins[name] = this.pins[name] === null ? this.strength : null;
        this.wholeDraw = true;
      });
    return {
      setStrength,
      setEpoch,
      setPace: (pace) => {
        this.playhead.pace = pace;
      },
      strengthUp: () => setStrength(this.strength + 1),
      strengthDown: () => setStrength(this.strength - 1),
      epochUp: () => setEpoch(this.playhead.epoch + 1),
      epochDown: () => setEpoch(this.playhead.epoch - 1),
      startOver: () => move(() => this.playhead.startOver()),
      togglePlay: () =>
        move(() => {
          if (this.playhead.playing) this.playhead.pause();
          else this.playhead.play(last(), !this.progress.ended);
        }),
      pinA: pin("a"),
      pinB: pin("b"),
      goBest: () =>
        this.header && setStrength(this.data.number("best_strength", this.position().epoch)),
      train: () => this.askPython("train", Date.now()),
      stop: () => this.askPython("stop", Date.now()),
    };
  }

  advance(now) {
    const passed = Math.min((now - (this.lastTick ?? now)) / 1000, 0.25);
    this.lastTick = now;
    if (!this.header || !this.playhead.playing || this.drawing) return;
    const { epoch } = this.playhead;
    this.playhead.advance(passed, this.data.epochCount - 1, !this.progress.ended);
    if (this.playhead.epoch !== epoch || !this.playhead.playing) this.requestDraw();
    if (!this.playhead.playing) this.tellLater();
  }

  view() {
    const lambda = (member) => (member === null ? null : this.header.strengths[member]);
    const atEnd = this.playhead.epoch >= this.header.recorded_epochs.length - 1;
    return {
      strength: lambda(this.strength),
      epoch: atEnd ? null : this.header.recorded_epochs[this.position().epoch],
      a: lambda(this.pins.a),
      b: lambda(this.pins.b),
    };
  }

  /** Python, and through it the address, learns of the view once the viewer rests. */
  tellLater() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      if (this.playhead.playing) this.tellLater();
      else this.tellPython("view", this.view());
    }, TELL_AFTER);
  }

  // ---- states in words

  setState(state) {
    this.root.dataset.state = state;
  }

  showProgress() {
    const { progress } = this;
    const training = this.root.dataset.state === "training";
    const begun = this.begun === this.run;
    const epoch = begun ? this.header.recorded_epochs[this.data.epochCount - 1] : 0;
    const left = progress.seconds_left;
    const time = left === null ? "" : `, ${format.seconds(left)} left`;
    const text = training ? progress.message || `training: epoch ${epoch}${time}` : "";
    this.controls.showProgress(training, progress.share, text);
    this.controls.stopButton.disabled = !training;
  }

  showOffer() {
    const ended = this.progress?.ended ? this.progress.message : "";
    const notices = {
      lost: this.lost,
      blocked: this.blocked,
      stale: this.stale,
      ended,
      verdict: this.progress?.verdict,
    };
    const kind = Object.keys(notices).find((name) => notices[name]) ?? "verdict";
    this.controls.showNotice(notices[kind] ?? "", kind);
    this.controls.trainButton.textContent = this.trainLabel;
    this.controls.trainButton.disabled = Boolean(this.blocked);
    this.root.dataset.stale = Boolean(this.stale);
  }

  remove() {
    this.feed?.close();
    this.stopListening();
    this.resizing.disconnect();
    window.removeEventListener("resize", this.onResize);
    cancelAnimationFrame(this.ticking);
    clearTimeout(this.telling);
    this.panels.forEach((panel) => panel.remove());
  }
}

function isDark(element) {
  const ground = getComputedStyle(element).getPropertyValue("--st-background-color");
  const probe = document.createElement("span");
  probe.style.color = ground;
  element.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
