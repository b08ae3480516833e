// The panels on the stage: one for each place, in order.

import { isLoaded } from "./chart_loader.js";
import { HeatmapPanel } from "./heatmap_panel.js";
import { isHeatmap } from "./heatmap.js";
import { LoadingPanel } from "./panel.js";
import { PlotlyPanel } from "./plotly_panel.js";

/** @import { ClickedPlace, Place, Plotly, Point } from "./types" */

/** @typedef {LoadingPanel | HeatmapPanel | PlotlyPanel} AnyPanel */

/**
 * onVariant: called when the viewer chose another variant.
 * tools: makes the buttons that stand in a panel.
 * onClick: called when the viewer chose a strength or an epoch in a chart.
 * onPoints: called when the viewer changed the training points in a chart.
 *
 * @typedef {object} PanelViewer
 * @property {(slot: string, name: string) => void} onVariant
 * @property {(panel: AnyPanel) => HTMLElement[]} tools
 * @property {(place: ClickedPlace) => void} onClick
 * @property {(points: Point[]) => void} onPoints
 */

export class PanelGrid {
  /**
   * @param {HTMLElement} element of all panels
   * @param {PanelViewer} viewer
   */
  constructor(element, viewer) {
    this.element = element;
    this.viewer = viewer;
    /** @type {AnyPanel[]} */
    this.panels = [];
  }

  /**
   * Make one panel for each place; panels that were there before stay, and change over.
   *
   * @param {Place[]} places
   * @param {Plotly} plotly
   */
  arrange(places, plotly) {
    const before = new Map(this.panels.map((panel) => [panel.slot, panel]));
    this.panels = places.map((place) => {
      const old = before.get(place.slot);
      const panel = this.panelFor(place, old, plotly);
      if (panel === old) before.delete(place.slot);
      else panel.element.append(toolBox(this.viewer.tools(panel)));
      return panel;
    });
    for (const panel of before.values()) panel.remove();
    this.element.dataset.count = String(places.length);
    this.putInOrder(this.panels.map((panel) => panel.element));
  }

  /** @param {HTMLElement[]} elements */
  putInOrder(elements) {
    // Moving an element in the document costs; most often none has moved.
    if (elements.every((element, i) => this.element.children[i] === element)) return;
    const focused = document.activeElement;
    this.element.replaceChildren(...elements);
    if (focused instanceof HTMLElement && this.element.contains(focused))
      focused.focus({ preventScroll: true }); // which moving takes away
  }

  /**
   * Return the old panel, if it is of the right kind, or a new one.
   *
   * @param {Place} place
   * @param {AnyPanel | undefined} old
   * @param {Plotly} plotly
   * @returns {AnyPanel}
   */
  panelFor({ slot, charts, chart }, old, plotly) {
    /** @param {string} name */
    const onVariant = (name) => this.viewer.onVariant(slot, name);
    const { onClick, onPoints } = this.viewer;
    if (!isLoaded(chart)) {
      if (!(old instanceof LoadingPanel)) return new LoadingPanel(slot, charts, chart);
      old.offer(charts, chart);
      return old;
    }
    if (old instanceof (chart.traces.every(isHeatmap) ? HeatmapPanel : PlotlyPanel)) {
      old.offer(charts, chart);
      return old;
    }
    return chart.traces.every(isHeatmap)
      ? new HeatmapPanel(slot, charts, chart, onVariant)
      : new PlotlyPanel(slot, charts, chart, onVariant, plotly, onClick, onPoints);
  }

  remove() {
    for (const panel of this.panels) panel.remove();
  }
}

/** @param {HTMLElement[]} tools */
function toolBox(tools) {
  const box = document.createElement("div");
  box.className = "l2viz-panel-tools";
  box.append(...tools);
  return box;
}
