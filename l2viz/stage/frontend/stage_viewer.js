// What the renderer asks of the stage, and what the stage shows at each frame beside the charts.

/** @import { Viewer } from "./chart_renderer.js" */
/** @import { Stage } from "./stage.js" */
/** @import { Actions, Position } from "./types" */

/**
 * @param {Stage} stage
 * @param {Actions} actions
 * @returns {Viewer}
 */
export function stageViewer(stage, actions) {
  return {
    position: () => stage.viewState.position(),
    onStart: (position) => showNumbers(stage, position),
    onDrawn: (position) => describeDrawing(stage, position),
    onIdle: (milliseconds) => stage.playback.afterDrawing(milliseconds),
    onVariant: (slot, name) =>
      stage.rearrange(() => stage.viewState.layout.showVariant(slot, name)),
    tools: (panel) => [stage.arranging.button(panel), stage.saveMenu.button(panel)],
    onClick: (place) => {
      if ("strength" in place) actions.setStrength(place.strength);
      else actions.setEpoch(place.epoch);
    },
    onPoints: (points) => {
      stage.following.leave();
      stage.sendToPython("points", { time: Date.now(), points });
    },
  };
}

/**
 * @param {Stage} stage
 * @param {Position} position
 */
function showNumbers({ viewState, controls }, position) {
  const { playing, pace } = viewState.playhead;
  controls.showPosition(position.strength, position.epoch, playing, pace);
  controls.showPins(position);
  controls.scale.mark({ a: position.a, b: position.b, best: viewState.best });
  controls.showReadouts(viewState.readoutRows(position));
}

/**
 * Describe what is drawn in data attributes, for tests and for styles.
 *
 * @param {Stage} stage
 * @param {Position} position
 */
function describeDrawing({ root, viewState, renderer, presenter, status }, position) {
  const { dataset } = root;
  const { header } = viewState.run;
  const { panels, frame } = renderer;
  dataset.strength = String(header.strengths[position.strength]);
  dataset.epoch = String(header.recorded_epochs[position.epoch]);
  dataset.charts = String(panels.filter((panel) => !panel.late).length);
  dataset.frame = String(frame);
  presenter.markPanels();
  status.drawingEnded();
}
