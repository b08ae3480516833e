// One place for a chart on the stage, and what all kinds of panel have in common.

/** @import { Chart } from "./types" */

/** @template {Chart} [Shown=Chart] */
export class Panel {
  /**
   * @param {string} slot
   * @param {Chart[]} charts the variants that may stand here
   * @param {Shown} chart the one that does
   */
  constructor(slot, charts, chart) {
    this.slot = slot;
    this.charts = charts;
    this.chart = chart;
    this.late = true; // what it is to draw is not there yet
    this.element = document.createElement("section");
    this.element.className = "l2viz-panel";
    this.element.dataset.slot = slot;
    this.heading = document.createElement("div");
    this.heading.className = "l2viz-heading";
    this.plot = document.createElement("div");
    this.plot.className = "l2viz-plot";
    this.plot.setAttribute("role", "img");
    this.element.append(this.heading, this.plot);
  }

  /**
   * Take over other variants, and another chart if it is another one.
   *
   * @param {Chart[]} charts
   * @param {Shown} chart
   */
  offer(charts, chart) {
    this.charts = charts;
    if (chart !== this.chart) this.show(chart);
  }

  /**
   * Show a chart, from the next draw on.
   *
   * @param {Shown} chart
   */
  show(chart) {
    this.chart = chart;
    this.late = true;
    this.element.dataset.chart = chart.name;
    this.describe("");
  }

  /**
   * Tell those who do not see the chart what it shows.
   *
   * @param {string} more
   */
  describe(more) {
    const { heading, about } = this.chart;
    this.plot.setAttribute("aria-label", [`${heading}.`, about, more].filter(Boolean).join(" "));
  }

  remove() {
    this.element.remove();
  }

  /** Return title and caption, as the heading begins. */
  titleParts() {
    const title = document.createElement("h3");
    title.textContent = this.chart.title;
    title.title = this.chart.about;
    const caption = document.createElement("p");
    caption.className = "l2viz-caption";
    const words = document.createElement("span");
    words.textContent = this.chart.caption;
    words.title = this.chart.caption; // it may be cut off
    caption.append(words);
    return { title, caption };
  }
}

/** Stands where a chart will be, until its data have arrived. */
export class LoadingPanel extends Panel {
  /**
   * @param {string} slot
   * @param {Chart[]} charts
   * @param {Chart} chart
   */
  constructor(slot, charts, chart) {
    super(slot, charts, chart);
    this.plot.classList.add("l2viz-loading");
    this.show(chart);
  }

  wait() {
    const { title, caption } = this.titleParts();
    this.heading.replaceChildren(title, caption);
    this.plot.textContent = "Loading …";
  }
}
