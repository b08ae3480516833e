// The stage: one run, the viewer's place in it, and the charts that show it.
//
// Streamlit calls `mount` again with every message; what lasts is kept by parent element.

import { RunArrays } from "./bindings.js";
import { Controls } from "./controls.js";
import { Feed } from "./feed.js";
import * as format from "./format.js";
import { listen } from "./keys.js";
import { Panel } from "./panel.js";
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
    this.arrived = null;
    const address = new URL(`runs/${encodeURIComponent(run)}`, this.base).href;
    this.feed = new Feed(
      address,
      (header, frames) => this.receive(header, frames),
      (message, ended) => this.lose(message, ended),
    );
  }

  // ---- what the server says

  receive(header, frames) {
    if (!this.arrived) {
      this.arrived = header;
      this.data = new RunArrays();
    }
    if (header.charts) this.begin(header);
    this.data.frames.push(...frames);
    this.progress = header;
    if (header.ranges) this.applyRanges(header.ranges);
    if (header.charts) this.buildPanels();
    this.setState(STATES[header.state] ?? header.state);
    this.showProgress();
    this.showOffer();
    this.requestDraw();
  }

  /** The first answer that has measurements: axes, and where the viewer starts. */
  begin(header) {
    this.header = header;
    this.data.declare(header.arrays, header.still);
    this.controls.showRun(header.strength_texts, header.recorded_epochs, header.readouts);
    const { wanted } = this;
    this.strength = this.nearest(wanted.strength ?? 0);
    this.pins = { a: this.nearest(wanted.a), b: this.nearest(wanted.b) };
    const epoch = header.recorded_epochs.indexOf(wanted.epoch);
    const last = header.frames - 1;
    this.playhead.playing = !header.ended;
    this.playhead.position = header.ended ? (epoch >= 0 ? Math.min(epoch, last) : last) : 0;
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

  async buildPanels() {
    const slots = new Map();
    for (const chart of this.header.charts) {
      if (!slots.has(chart.slot)) slots.set(chart.slot, []);
      slots.get(chart.slot).push(chart);
    }
    const kept = new Map(this.panels.map((panel) => [panel.chart.slot, panel.chart.name]));
    this.panels.forEach((panel) => panel.remove());
    this.controls.panels.replaceChildren();
    this.panels = [];
    this.ready = false;
    const plotly = await plotlyPromise;
    if (this.panels.length) return; // another run came in the meantime
    this.controls.panels.replaceChildren();
    for (const [slot, charts] of slots) {
      const element = document.createElement("section");
      element.className = "l2viz-panel";
      this.controls.panels.append(element);
      const chart = charts.find((other) => other.name === kept.get(slot)) ?? charts[0];
      const panel = new Panel(element, chart, plotly);
      if (charts.length > 1) panel.heading.append(this.variants(panel, charts));
      this.panels.push(panel);
    }
    this.colours = null;
    this.ready = true;
    this.recolour();
  }

  variants(panel, charts) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", `${panel.chart.title}: layer`);
    for (const chart of charts) select.append(new Option(chart.variant, chart.name));
    select.value = panel.chart.name;
    select.onchange = () => {
      panel.show(charts.find((chart) => chart.name === select.value));
      this.redrawAll();
    };
    return select;
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
    if (!this.ready || !this.colours || !this.data.epochCount) return;
    this.drawing = true;
    while (this.wantsDraw) {
      const whole = this.wholeDraw;
      this.wantsDraw = false;
      this.wholeDraw = false;
      const position = this.position();
      this.showNumbers(position);
      const panels = this.panels;
      await Promise.all(
        panels.map((panel) =>
          whole ? panel.draw(this.data, position, this.colours) : panel.move(this.data, position),
        ),
      );
      if (panels === this.panels) this.painted(position);
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
    const epoch = this.header ? this.header.recorded_epochs[this.data.epochCount - 1] : 0;
    const left = progress.seconds_left;
    const time = left === null ? "" : `, ${format.seconds(left)} left`;
    const text = training ? progress.message || `training: epoch ${epoch}${time}` : "";
    this.controls.showProgress(training, progress.share, text);
    this.controls.stopButton.disabled = !training;
    if (progress.state !== "queued") this.lost = "";
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
