// The stage: one run, the viewer's place in it, and the charts that show it.
//
// Streamlit calls `mount` again with every message; what lasts is kept by parent element.

import { Arranging } from "./arranging.js";
import { ChartChooser } from "./chart_chooser.js";
import { ChartLoader } from "./chart_loader.js";
import { ChartRenderer } from "./chart_renderer.js";
import { Controls } from "./controls.js";
import { find } from "./dom.js";
import { Following } from "./following.js";
import { GuessPanel } from "./guess_panel.js";
import { invalidField, watchFields } from "./invalid_fields.js";
import { KeyList } from "./key_list.js";
import { listen } from "./keyboard.js";
import { PageHistory } from "./page_history.js";
import { Playback } from "./playback.js";
import { PresenterMode } from "./presenter_mode.js";
import { QrCode, hostInNetwork } from "./qr_code.js";
import { fromRoutes, pageAddress } from "./routes.js";
import { SaveMenu } from "./save_menu.js";
import { stageActions } from "./stage_actions.js";
import { stageViewer } from "./stage_viewer.js";
import { Sweep } from "./sweep.js";
import { Status } from "./status.js";
import { ViewReport } from "./view_report.js";
import { ViewState } from "./view_state.js";

/** @import { ReadRun } from "./chart_loader.js" */
/** @import { Frame, Header, OpeningHeader, StreamlitComponent, View } from "./types" */

/** @type {WeakMap<HTMLElement, Stage>} */
const stages = new WeakMap();

/**
 * Mount the stage, or update the one that is mounted: Streamlit's entry.
 *
 * @param {StreamlitComponent} component
 * @param {string} base address of the l2viz routes
 * @returns {() => void} removes the stage
 */
export function mount(component, base) {
  const root = find(component.parentElement, "[data-l2viz-stage]", HTMLElement);
  const stage = stages.get(root) ?? new Stage(root, base);
  stages.set(root, stage);
  stage.update(component);
  return () => {
    stage.remove();
    stages.delete(root);
  };
}

export class Stage {
  /**
   * @param {HTMLElement} root
   * @param {string} base address of the l2viz routes
   * @param {(run: string) => ReadRun} source says how a run is read: from the routes, if left out
   */
  constructor(root, base, source = fromRoutes(base)) {
    this.root = root;
    this.source = source;
    /** @type {(name: string, value: unknown) => void} */
    this.sendToPython = () => {};
    /** @type {ChartLoader | null} */
    this.loader = null;
    this.run = ""; // that Python wants on the stage
    this.shownRun = ""; // the one whose charts are there
    /** @type {number | null} */
    this.place = null; // counts the views to which Python has moved the viewer
    this.covered = false;
    this.endKnown = false; // whether Python knows that the run has ended
    /** @type {View} */
    this.wanted = { strength: 0, epoch: null, a: null, b: null, charts: null, large: null, presenter: false };
    /** @type {View | null} */
    this.sentView = null; // the wanted one, if Python sent it
    this.viewState = new ViewState();
    const actions = stageActions(this);
    this.controls = new Controls(root, actions);
    this.arranging = new Arranging(this.controls.panels, actions);
    this.chooser = new ChartChooser(root, this.controls.chartsButton, actions);
    /** @type {SaveMenu} */
    this.saveMenu = new SaveMenu(root, {
      header: () => this.viewState.shown?.header ?? null,
      panels: () => this.renderer.panels,
      position: () => this.viewState.position(),
      last: () => this.viewState.last,
      page: () => (this.hasPage ? pageAddress(base, this.run) : null),
    });
    /** @type {ChartRenderer} */
    this.renderer = new ChartRenderer(root, this.controls.panels, stageViewer(this, actions));
    this.keyList = new KeyList(root, this.controls.keysButton);
    const { presentButton } = this.controls;
    const { layout } = this.viewState;
    const alone = root.hasAttribute("data-alone");
    this.qrCode = new QrCode(root, async () => (alone ? null : hostInNetwork(base)));
    this.presenter = new PresenterMode(root, presentButton, layout, this.renderer, this.qrCode);
    this.stopListening = listen(root, actions);
    this.status = new Status((display) => this.controls.showStatus(display));
    this.following = new Following(root, base, (news) => this.follow(news));
    this.viewReport = new ViewReport(this.following, {
      send: (name, value) => this.sendToPython(name, value),
      view: () => this.view(),
      playing: () => this.viewState.playhead.playing,
      ended: () => (this.status.progress.ended ? this.run : null),
      covered: () => this.presenter.covers,
      place: () => this.place,
    });
    this.history = new PageHistory((search) =>
      this.sendToPython("returned", `${Date.now()} ${search}`),
    );
    this.plays = "";
    this.sweep = new Sweep((member) => {
      this.viewState.setStrength(member);
      this.moved();
    });
    this.guess = new GuessPanel(
      root,
      this.controls.panels,
      (guess) => this.sendToPython("guess", { ...guess, at: Date.now() }),
      () => this.playAnswer(),
    );
    this.stopWatching = watchFields(() => this.status.refuse(invalidField()));
    this.playback = new Playback(this.viewState, this.status, this.renderer, () =>
      this.viewReport.request(),
    );
  }

  // ---- messages of Python

  /** @param {StreamlitComponent} component */
  update({ data, setStateValue }) {
    this.sendToPython = setStateValue;
    const sent = data.place !== this.place; // Python moves the viewer
    this.place = data.place;
    const uncovered = this.covered && !data.covered;
    if (sent || data.covered !== this.covered) this.presenter.cover(data.covered, data.open);
    this.covered = data.covered;
    this.plays = data.plays;
    this.root.toggleAttribute("data-quiet", data.quiet);
    if (sent) this.sweep.stop();
    this.endKnown = data.ended;
    if (data.run !== this.run) this.open(data.run, data.ended, sent ? data.view : null);
    else if (sent) this.goTo(data.view);
    this.following.update(data.broadcast, data.teaches);
    this.root.toggleAttribute("data-follows", this.following.attends);
    const wasSimple = this.root.hasAttribute("data-simple");
    this.root.toggleAttribute("data-simple", data.simple);
    if (wasSimple && !data.simple && !sent) this.rearrange(() => this.viewState.layout.reset());
    this.guess.update(data.draws, sent);
    if (uncovered && !sent && !this.guess.open) this.playAnswer();
    this.status.receiveFromPython(data);
    this.status.refuse(invalidField());
    this.renderer.recolour();
  }

  /**
   * Start reading another run. The charts of the previous one stay, stale, until it has an answer.
   *
   * @param {string} run
   * @param {boolean} ended
   * @param {View | null} view to show; null: the one of the viewer
   */
  open(run, ended, view) {
    this.loader?.close();
    this.sentView = view;
    this.wanted = view ?? this.view();
    if (view) this.presenter.set(view.presenter);
    this.run = run;
    this.following.again();
    this.status.open(ended);
    this.loader = new ChartLoader(this.source(run), this.wanted.charts ?? [], {
      onAnswer: (header, frames) => this.receive(header, frames),
      onChartAnswer: (header) => this.receiveChart(header),
      onLost: (message, forGood) => this.status.lose(message, forGood),
    });
  }

  /**
   * Move to a view of the run that is on the stage, or will be.
   *
   * @param {View} view
   */
  goTo(view) {
    this.presenter.set(view.presenter);
    this.wanted = this.sentView = view;
    if (this.shownRun !== this.run) return; // it has not begun
    this.rearrange(() => this.chooseCharts(view));
    this.viewState.goTo(view, !this.status.grows, prefersStillness());
    this.renderer.redrawAll();
  }

  /**
   * Go where the teacher is; Python is asked for another run.
   *
   * @param {import("./following.js").News} news
   */
  follow({ run, view, playing, covered, open }) {
    this.presenter.cover(covered, open);
    if (run !== this.run) this.sendToPython("followed", run);
    this.goTo({ ...view, presenter: this.presenter.on });
    if (!playing || !this.viewState.shown || this.shownRun !== run) return;
    this.viewState.playhead.play(this.viewState.last, this.status.grows);
  }

  /** Play to a scene's answer, after the viewer's guess. */
  playAnswer() {
    const { viewState, plays } = this;
    if (!viewState.shown || this.shownRun !== this.run) return;
    const still = prefersStillness();
    if (plays === "epochs") {
      if (still) viewState.playhead.goTo(viewState.last, viewState.last);
      else viewState.playhead.startOver();
      this.moved();
    } else if (plays === "strengths") {
      this.sweep.start(viewState.strength || viewState.best, still);
    }
  }

  // ---- answers of the server

  /**
   * @param {Header} header
   * @param {Frame[]} frames
   */
  receive(header, frames) {
    if (header.charts) this.begin(header, frames);
    else if (frames.length) this.loader?.append(frames);
    if (header.ranges) this.renderer.applyRanges(header.ranges);
    const begun = this.shownRun === this.run;
    const { shown, last } = this.viewState;
    this.status.receive(header, begun, begun && shown ? shown.header.recorded_epochs[last] : 0);
    // Python offers what may follow a run, once it knows of the end.
    if (header.ended && !this.endKnown && shown) this.viewReport.request();
    this.renderer.requestDraw();
  }

  /**
   * Take over an answer for a chart that was put on the stage after the run had begun.
   *
   * @param {Header} header
   */
  receiveChart(header) {
    if (header.charts) this.renderer.arrange(this.viewState.layout.places());
    if (header.ranges) this.renderer.applyRanges(header.ranges);
    this.renderer.requestDraw();
  }

  /**
   * Show a run, as its first measurements have come.
   *
   * @param {OpeningHeader} header
   * @param {Frame[]} frames
   */
  begin(header, frames) {
    const { loader, viewState } = this;
    if (!loader) return;
    viewState.open(header, loader.begin(header, frames));
    this.shownRun = this.run;
    const { strengths, strength_texts: texts } = header;
    this.controls.showRun(strengths, texts, header.recorded_epochs, header.readouts);
    if (this.sentView) this.chooseCharts(this.sentView);
    viewState.goTo(this.wanted, header.ended, prefersStillness());
    const places = this.placeCharts();
    this.guess.show(viewState.shown);
    this.renderer.begin(header, places).catch((problem) => {
      this.status.lose(`${problem.message} Reload the page to try again.`, true);
    });
  }

  // ---- the charts on the stage

  /**
   * Choose the charts of a view; report names that the run does not have.
   *
   * @param {View} view
   */
  chooseCharts(view) {
    const unknown = this.viewState.layout.show(view.charts, view.large);
    if (!unknown.length) return;
    this.sendToPython("ignored", unknown);
    this.viewReport.request(); // the address without them
  }

  /** List the charts that are to be drawn, and load those that are missing. */
  placeCharts() {
    const { layout } = this.viewState;
    const places = layout.places();
    this.arranging.show(layout.largePlace);
    this.chooser.show(layout.slots, layout.standing(), layout.most);
    for (const { chart } of places) this.loader?.load(chart);
    return places;
  }

  /** @param {() => void} change of the layout */
  rearrange(change) {
    if (!this.viewState.shown) return;
    change();
    this.renderer.arrange(this.placeCharts());
    this.viewReport.request();
  }

  // ---- drawing

  /** Draw at the viewer's new position, and report it; a run that waits begins there too. */
  moved() {
    if (this.viewState.shown) this.wanted = this.viewState.view(this.presenter.on);
    this.root.toggleAttribute("data-touched", this.root.hasAttribute("data-simple"));
    this.renderer.requestDraw();
    this.viewReport.request();
  }

  // ---- messages to Python

  /** Whether the server has the shown run as a page in one file. */
  get hasPage() {
    const alone = this.root.hasAttribute("data-alone");
    return !alone && this.status.progress.ended && this.shownRun === this.run;
  }

  /** Return the viewer's view; until the run has begun, the wanted one. */
  view() {
    const begun = this.viewState.shown && this.shownRun === this.run;
    return begun
      ? this.viewState.view(this.presenter.on)
      : { ...this.wanted, presenter: this.presenter.on };
  }

  remove() {
    this.loader?.close();
    this.following.stop();
    this.sweep.stop();
    this.stopWatching();
    this.guess.close(false);
    this.history.remove();
    this.stopListening();
    this.qrCode.remove();
    this.saveMenu.remove();
    this.renderer.remove();
    this.playback.stop();
    this.viewReport.remove();
  }
}

function prefersStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
