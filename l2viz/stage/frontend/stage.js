// The stage: one run, the viewer's place in it, and the charts that show it.
//
// Streamlit calls `mount` again with every message; what lasts is kept by parent element.

import { Chooser } from "./chooser.js";
import { Controls } from "./controls.js";
import * as format from "./format.js";
import { KeyList } from "./keylist.js";
import { listen } from "./keys.js";
import { Layout } from "./layout.js";
import { Painter } from "./painter.js";
import { Playhead } from "./playhead.js";
import { Presenter } from "./presenter.js";
import { Saver } from "./save.js";
import { Sources } from "./sources.js";
import { Status } from "./status.js";
import { Teller } from "./teller.js";

const SCREEN_FRAME = 1000 / 60; // milliseconds

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
    this.layout = new Layout();
    this.pins = { a: null, b: null };
    this.strength = 0;
    this.header = null;
    const actions = this.actions();
    this.controls = new Controls(root, actions);
    this.chooser = new Chooser(root, this.controls.chartsButton, actions);
    this.saver = new Saver(root, {
      header: () => this.header,
      panels: () => this.painter.panels,
      position: () => this.position(),
    });
    this.painter = new Painter(root, this.controls.panels, {
      position: () => this.position(),
      numbers: (position) => this.showNumbers(position),
      painted: (position) => this.tellWhatIsShown(position),
      rests: (milliseconds) => this.goOn(milliseconds),
      vary: (slot, name) => this.rearrange(() => this.layout.vary(slot, name)),
      saveButton: (panel) => this.saver.button(panel),
    });
    this.keyList = new KeyList(root, this.controls.keysButton);
    this.presenter = new Presenter(root, this.controls.presentButton, this.layout, this.painter);
    this.stopListening = listen(root, actions);
    this.status = new Status(root, this.controls);
    this.teller = new Teller(() => this.tellView());
    const tick = () => {
      this.ticking = requestAnimationFrame(tick);
      this.advance();
    };
    this.ticking = requestAnimationFrame(tick);
  }

  // ---- what Python says

  update(component) {
    this.tellPython = component.setStateValue;
    const { data } = component;
    const sent = data.place !== this.place; // to a view of Python's choice, not the viewer's own
    this.place = data.place;
    if (sent || data.covered !== this.covered) this.presenter.cover(data.covered);
    this.covered = data.covered;
    this.endKnown = data.ended;
    if (data.run !== this.run) this.open(data.run, data.ended, sent ? data.view : null);
    else if (sent) this.goTo(data.view);
    this.status.tell(data);
    this.painter.recolour();
  }

  /**
   * Starts reading another run, to be shown at `view`, or where the viewer stands. The charts of
   * the one before stay, stale, until it has an answer.
   */
  open(run, ended, view) {
    this.sources?.close();
    this.sentTo = view;
    const wanted = view ?? this.view();
    if (view) this.presenter.set(view.presenter);
    this.run = run;
    this.status.open(ended);
    this.wanted = wanted;
    const address = new URL(`runs/${encodeURIComponent(run)}`, this.base).href;
    this.sources = new Sources(address, wanted.charts ?? [], {
      received: (header, frames) => this.receive(header, frames),
      arrived: (header) => this.welcome(header),
      lost: (message, ended) => this.status.lose(message, ended),
    });
  }

  // ---- what the server says

  receive(header, frames) {
    if (header.charts) this.begin(header, frames);
    else if (frames.length) this.sources.append(frames);
    if (header.ranges) this.painter.applyRanges(header.ranges);
    const begun = this.runOfCharts === this.run;
    const epoch = begun ? this.header.recorded_epochs[this.data.epochCount - 1] : 0;
    this.status.receive(header, begun, epoch);
    // Python offers what may follow a run, once it knows of the end.
    if (header.ended && !this.endKnown && this.header) this.teller.later();
    this.painter.requestDraw();
  }

  /** News of a chart that was put on the stage after the run had begun. */
  welcome(header) {
    if (header.charts) this.painter.arrange(this.layout.places());
    if (header.ranges) this.painter.applyRanges(header.ranges);
    this.painter.requestDraw();
  }

  /** The first answer with measurements: until then the run before it stays on the stage. */
  begin(header, frames) {
    this.header = header;
    this.sources.begin(header, frames);
    this.data = this.sources.data;
    this.runOfCharts = this.run;
    this.controls.showRun(header.strength_texts, header.recorded_epochs, header.readouts);
    this.layout.offer(header.charts);
    if (this.sentTo) this.arrangeAsSent(this.sentTo);
    this.stand(this.wanted, header.ended, header.frames - 1);
    const places = this.layout.places();
    this.chooser.show(this.layout.slots, places);
    for (const { chart } of places) this.sources.want(chart);
    this.painter
      .begin(header, places)
      .catch((problem) => this.status.lose(`${problem.message} Reload the page to try again.`, true));
  }

  /** To a view of the run that is on the stage, or will be. */
  goTo(view) {
    this.presenter.set(view.presenter);
    this.wanted = this.sentTo = view;
    if (this.runOfCharts !== this.run) return; // it has not begun
    this.rearrange(() => this.arrangeAsSent(view));
    this.stand(view, !this.status.grows, this.data.epochCount - 1);
    this.painter.redrawAll();
  }

  arrangeAsSent(view) {
    this.layout.reset();
    if (view.charts) this.ignore(this.layout.choose(view.charts));
  }

  stand(view, ended, last) {
    this.strength = this.nearest(view.strength ?? 0);
    this.pins = { a: this.nearest(view.a), b: this.nearest(view.b) };
    const epoch = this.header.recorded_epochs.indexOf(view.epoch);
    if (ended) this.playhead.goTo(epoch >= 0 ? epoch : last, last);
    else this.playhead.follow(matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  /** Names of charts in the address that there are not: Python says so. */
  ignore(names) {
    if (!names.length) return;
    this.tellPython("ignored", names);
    this.teller.later(); // the address without them
  }

  nearest(strength) {
    if (strength === null || strength === undefined) return null;
    const distances = this.header.strengths.map((s) => Math.abs(s - strength));
    return distances.indexOf(Math.min(...distances));
  }

  tellWhatIsShown(position) {
    const { dataset } = this.root;
    dataset.strength = this.header.strengths[position.strength];
    dataset.epoch = this.header.recorded_epochs[position.epoch];
    dataset.charts = this.painter.panels.filter((panel) => !panel.late).length;
    dataset.frame = this.painter.frame;
    this.status.paint();
  }

  // ---- where the viewer stands

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

  rearrange(change) {
    if (!this.header) return;
    change();
    const places = this.layout.places();
    this.chooser.show(this.layout.slots, places);
    for (const { chart } of places) this.sources.want(chart);
    this.painter.arrange(places);
    this.teller.later();
  }

  actions() {
    const move = (change) => {
      if (!this.header) return;
      change();
      this.painter.requestDraw();
      this.teller.later();
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
        this.painter.redrawAll();
      });
    const togglePlay = () =>
      move(() => {
        if (this.playhead.playing) this.playhead.pause();
        else this.playhead.play(last(), this.status.grows);
      });
    const train = () => this.tellPython("train", Date.now());
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
      togglePlay,
      playOrTrain: () => {
        if (this.status.waitsForTraining && !this.playhead.playing) train();
        else togglePlay();
      },
      pinA: pin("a"),
      pinB: pin("b"),
      goBest: () =>
        this.header && setStrength(this.data.number("best_strength", this.position().epoch)),
      train,
      chooseCharts: () => this.chooser.toggle(),
      toggleChart: (slot) => this.rearrange(() => this.layout.toggle(slot)),
      toggleChartNumber: (number) => {
        const slot = [...this.layout.slots.keys()][number - 1];
        if (slot) this.rearrange(() => this.layout.toggle(slot));
      },
      resetCharts: () => this.rearrange(() => this.layout.reset()),
      showKeys: () => this.keyList.toggle(),
      present: () => {
        this.presenter.set(!this.presenter.on);
        this.rearrange(() => {});
      },
      cover: () => this.presenter.toggleCover(),
      reset: () => {
        this.presenter.uncover();
        this.pins = { a: null, b: null };
        this.painter.redrawAll();
        setStrength(0);
        if (this.header) setEpoch(last());
      },
      fullScreen: () => {
        if (document.fullscreenElement) document.exitFullscreen();
        else document.documentElement.requestFullscreen?.().catch(() => {}); // not allowed here
      },
      stop: () => this.tellPython("stop", Date.now()),
    };
  }

  /**
   * After a draw: one that took longer than a frame of the screen does not wait for the next,
   * unless what is still to come of the run needs the time between.
   */
  goOn(milliseconds) {
    if (milliseconds > SCREEN_FRAME && !this.status.grows) setTimeout(() => this.advance());
  }

  advance() {
    const now = performance.now();
    const passed = Math.min((now - (this.lastTick ?? now)) / 1000, 0.25);
    this.lastTick = now;
    if (!this.header || !this.playhead.playing || this.painter.drawing) return;
    const { epoch } = this.playhead;
    this.playhead.advance(passed, this.data.epochCount - 1, this.status.grows);
    if (this.playhead.epoch !== epoch || !this.playhead.playing) this.painter.requestDraw();
    if (!this.playhead.playing) this.teller.later();
  }

  view() {
    const lambda = (member) => (member === null ? null : this.header.strengths[member]);
    const atEnd = this.playhead.epoch >= this.header.recorded_epochs.length - 1;
    return {
      strength: lambda(this.strength),
      epoch: atEnd ? null : this.header.recorded_epochs[this.position().epoch],
      a: lambda(this.pins.a),
      b: lambda(this.pins.b),
      charts: this.layout.names(),
      presenter: this.presenter.on,
    };
  }

  /** Python, and through it the address, learns of the view; not while it plays. */
  tellView() {
    if (this.playhead.playing) {
      this.teller.later();
      return;
    }
    const ended = this.status.progress.ended ? this.run : null;
    this.tellPython("view", { ...this.view(), place: this.place, ended });
  }

  remove() {
    this.sources?.close();
    this.stopListening();
    this.painter.remove();
    cancelAnimationFrame(this.ticking);
    this.teller.remove();
  }
}
