// A press in a chart chooses the strength or the epoch at the pointer.

import { followPointer } from "./follow_pointer.js";
import { nearestIndex } from "./nearest.js";

/** @import { Binding, ClickedPlace, LoadedChart, PlotElement } from "./types" */

/** What a chart has on its x axis that can be chosen, or cells; null for anything else. */
/** @typedef {"strengths" | "epochs" | "cells" | null} Choosable */

const OUTSIDE = 0.05; // share of the axes' lengths by which the pointer may miss them

export class ChartPointer {
  /**
   * @param {PlotElement} plot
   * @param {(place: ClickedPlace) => void} onChoice
   */
  constructor(plot, onChoice) {
    this.plot = plot;
    this.onChoice = onChoice;
    /** @type {LoadedChart | null} */
    this.chart = null; // the one that is drawn
    /** @type {Choosable} */
    this.choosable = null;
    plot.addEventListener("pointerdown", (event) => this.press(event), true);
  }

  /** @param {LoadedChart} chart which is drawn now */
  show(chart) {
    this.chart = chart;
    this.choosable = choosableOf(chart);
    this.plot.classList.toggle("l2viz-choosable", this.choosable !== null);
  }

  /**
   * Choose where the pointer is pressed, and follow it until it is released: not a finger, which
   * scrolls.
   *
   * @param {PointerEvent} event
   */
  press(event) {
    if (event.button || !this.choose(event) || event.pointerType === "touch") return;
    followPointer({ onMove: (move) => this.choose(move) });
  }

  /**
   * @param {PointerEvent} event
   * @returns {boolean} whether the pointer is where there is something to choose
   */
  choose({ clientX, clientY }) {
    const { xaxis, yaxis, _size: size } = this.plot._fullLayout;
    const box = this.plot.getBoundingClientRect();
    const across = (clientX - box.left - xaxis._offset) / xaxis._length;
    // Over the whole height: marks of strengths go through all subplots.
    const up = 1 - (clientY - box.top - size.t) / size.h;
    const outside = Math.min(across, up) < -OUTSIDE || Math.max(across, up) > 1 + OUTSIDE;
    if (!this.chart || !this.choosable || outside) return false;
    const x = xaxis.range[0] + across * (xaxis.range[1] - xaxis.range[0]);
    const y = yaxis.range[0] + up * (yaxis.range[1] - yaxis.range[0]);
    this.onChoice(placeAt(this.chart, this.choosable, x, y));
    return true;
  }
}

/** What to say of a choice to those who do not see the chart: its control does the same. */
const SAID = {
  strengths: "A click chooses a strength, as the slider Strength λ does.",
  cells: "A click chooses a strength, as the slider Strength λ does.",
  epochs: "A click chooses an epoch, as the slider Epoch does.",
};

/** @param {LoadedChart} chart */
export function choiceInWords(chart) {
  const choosable = choosableOf(chart);
  return choosable ? SAID[choosable] : "";
}

/**
 * @param {LoadedChart} chart
 * @param {NonNullable<Choosable>} choosable
 * @param {number} x
 * @param {number} y
 * @returns {ClickedPlace}
 */
function placeAt({ data, traces, bindings }, choosable, x, y) {
  if (choosable === "epochs") {
    const epochs = data.frames.map((frame) => frame.epochs[0]);
    return { epoch: nearestIndex(epochs, (epoch) => Math.abs(epoch - x)) };
  }
  if (choosable === "strengths") {
    const strengths = data.still.get("strength_position") ?? [];
    return { strength: nearestIndex(strengths, (strength) => Math.abs(strength - x)) };
  }
  const cells = traces.findIndex((trace) => trace.meta?.chooses);
  const [lefts, lows] = ["x", "y"].map((axis) => {
    const bound = bindings.find(({ trace, attribute }) => trace === cells && attribute === axis);
    return data.still.get(bound?.array ?? "") ?? []; // NaN where a strength has no cell
  });
  return { strength: nearestIndex(lefts, (left, i) => Math.hypot(left - x, lows[i] - y)) };
}

/**
 * @param {LoadedChart} chart
 * @returns {Choosable}
 */
function choosableOf({ traces, bindings }) {
  if (traces.some((trace) => trace.meta?.chooses)) return "cells";
  const across = bindings.filter(({ attribute }) => attribute === "x");
  /** @param {Binding} binding */
  const isPath = ({ array, strength }) =>
    array === "strength_position" && strength.kind !== "chosen";
  if (across.some(isPath)) return "strengths";
  const isCourse = across.some(({ array, epoch }) => array === "epochs" && epoch === "until");
  return isCourse ? "epochs" : null;
}
