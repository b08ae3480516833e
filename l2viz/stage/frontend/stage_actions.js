// What the controls and the keys do.

/** @import { Stage } from "./stage.js" */
/** @import { Actions, Pins } from "./types" */

/**
 * @param {Stage} stage
 * @returns {Actions}
 */
export function stageActions(stage) {
  const { viewState } = stage;
  const { layout, playhead } = viewState;
  /** @param {() => void} change */
  const move = (change) => {
    if (!viewState.shown) return;
    stage.following.leave();
    stage.sweep.stop();
    change();
    stage.moved();
  };
  /** @param {number} member */
  const setStrength = (member) => move(() => viewState.setStrength(member));
  /** @param {number} epoch */
  const setEpoch = (epoch) => move(() => playhead.goTo(epoch, viewState.last));
  /** @param {keyof Pins} name */
  const togglePin = (name) =>
    move(() => {
      viewState.togglePin(name);
      stage.renderer.redrawAll();
    });
  const togglePlay = () =>
    move(() => {
      if (playhead.playing) playhead.pause();
      else playhead.play(viewState.last, stage.status.grows);
    });
  /** @param {() => void} change of the layout */
  const rearrange = (change) => {
    stage.following.leave();
    stage.sentView = null; // the viewer's own choice is newer
    stage.rearrange(change);
  };
  /** @param {string} slot */
  const enlargeChart = (slot) => {
    const large = layout.large === slot ? null : slot;
    rearrange(() => layout.enlarge(large));
    stage.controls.say(large ? "One chart, enlarged. Escape shows all." : "All charts.");
  };
  /**
   * @param {string} slot
   * @param {number} place
   */
  const moveChart = (slot, place) => {
    // Hidden charts stay where they are, as the question speaks of them.
    if (stage.root.dataset.covered === "true") return;
    if (layout.largeName || !layout.move(slot, place)) return;
    rearrange(() => {});
    const places = layout.places();
    stage.controls.say(`${places[place].chart.title}: chart ${place + 1} of ${places.length}.`);
  };
  const train = () => stage.sendToPython("train", Date.now());
  return {
    setStrength,
    setEpoch,
    setPace: (pace) => {
      playhead.pace = pace;
    },
    strengthUp: () => setStrength(viewState.strength + 1),
    strengthDown: () => setStrength(viewState.strength - 1),
    epochUp: () => setEpoch(playhead.epoch + 1),
    epochDown: () => setEpoch(playhead.epoch - 1),
    startOver: () => move(() => playhead.startOver()),
    togglePlay,
    playOrTrain: () => {
      if (stage.status.waitsForTraining && !playhead.playing) train();
      else togglePlay();
    },
    pinA: () => togglePin("a"),
    pinB: () => togglePin("b"),
    goBest: () => {
      if (stage.presenter.covers || stage.root.hasAttribute("data-quiet")) return; // an answer
      move(() => viewState.setStrength(viewState.best));
    },
    train,
    stop: () => stage.sendToPython("stop", Date.now()),
    chooseCharts: () => stage.chooser.toggle(),
    toggleChart: (slot) => rearrange(() => layout.toggle(slot)),
    toggleChartNumber: (number) => {
      const slot = [...layout.slots.keys()][number - 1];
      if (slot) rearrange(() => layout.toggle(slot));
    },
    resetCharts: () => rearrange(() => layout.reset()),
    enlargeChart,
    moveChart,
    showAllCharts: () => {
      if (layout.large) enlargeChart(layout.large);
    },
    showKeys: () => stage.keyList.toggle(),
    showCode: () => stage.qrCode.toggle(),
    present: () => {
      stage.presenter.set(!stage.presenter.on);
      stage.rearrange(() => {});
    },
    cover: () => {
      if (stage.following.covered) return; // the teacher covers the results for all
      stage.presenter.toggleCover();
      if (stage.following.teaches) stage.viewReport.request();
    },
    reset: () => {
      if (!stage.following.covered) stage.presenter.cover(false);
      viewState.unpin();
      stage.renderer.redrawAll();
      move(() => {
        viewState.setStrength(0);
        playhead.goTo(viewState.last, viewState.last);
      });
    },
    fullScreen: () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen?.().catch(() => {}); // not allowed here
    },
  };
}
