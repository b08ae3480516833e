// The menu that saves a chart, or the whole stage, as a picture for slides or as a table.

import { csvText } from "./csv.js";
import { find, moveFocus, placeBelow } from "./dom.js";
import * as format from "./format.js";
import { isLoaded } from "./chart_loader.js";
import { chartsAsSvg, svgToPng } from "./image_export.js";
import { plotlyPromise } from "./plotly_loader.js";

/** @import { AnyPanel } from "./chart_renderer.js" */
/** @import { LoadedChart, OpeningHeader, Position } from "./types" */

/**
 * @typedef {object} Viewer
 * @property {() => OpeningHeader | null} header null before a run has begun
 * @property {() => AnyPanel[]} panels
 * @property {() => Position} position
 */

/** What one picture or table shows: a chart, or (null) the whole stage. */
/** @typedef {{ header: OpeningHeader, position: Position, chart: LoadedChart | null }} Subject */

const ICON = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M7 1h2v7h3l-4 4.5L4 8h3zM2 13h12v2H2z"/></svg>`;
const MENU = `
<div class="l2viz-save-menu" popover role="menu" aria-label="Save as">
  <button role="menuitem" data-as="png2">PNG, 2 ×</button>
  <button role="menuitem" data-as="png4">PNG, 4 ×</button>
  <button role="menuitem" data-as="svg">SVG</button>
  <button role="menuitem" data-as="csv">CSV of its data</button>
</div>
`;

export class SaveMenu {
  /**
   * @param {HTMLElement} root
   * @param {Viewer} viewer
   */
  constructor(root, viewer) {
    this.viewer = viewer;
    /** @type {AnyPanel | null} */
    this.panel = null; // whose chart is to be saved; null: the whole stage
    root.insertAdjacentHTML("beforeend", MENU);
    this.menu = find(root, ".l2viz-save-menu", HTMLElement);
    this.csvItem = find(this.menu, '[data-as="csv"]', HTMLButtonElement);
    this.items = [...this.menu.querySelectorAll("button")];
    for (const item of this.items) item.onclick = () => this.save(item.dataset.as ?? "");
    this.menu.onkeydown = (event) =>
      moveFocus(
        event,
        this.items.filter(({ hidden }) => !hidden),
      );
    const stageButton = openerButton("Save the charts in one picture");
    stageButton.className = "l2viz-save-stage";
    stageButton.append("Save stage");
    stageButton.onclick = () => this.open(stageButton, null);
    find(root, ".l2viz-tools", HTMLElement).append(stageButton);
  }

  /**
   * Make the button that saves the chart of a panel.
   *
   * @param {AnyPanel} panel
   */
  button(panel) {
    const button = openerButton("Save this chart");
    button.classList.add("l2viz-save");
    button.setAttribute("aria-label", `Save this chart: ${panel.chart.title}`);
    button.onclick = () => this.open(button, panel);
    return button;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {AnyPanel | null} panel
   */
  open(button, panel) {
    if (!this.viewer.header()) return;
    this.panel = panel;
    this.csvItem.hidden = !panel;
    /** @type {{ showPopover(options: { source: HTMLElement }): void }} */ (this.menu).showPopover({
      source: button,
    });
    placeBelow(this.menu, button, 4);
    this.items[0].focus();
  }

  /** @param {string} kind as in data-as */
  async save(kind) {
    this.menu.hidePopover();
    const header = this.viewer.header();
    if (!header) return;
    const chart = this.panel?.chart ?? null;
    if (chart && (this.panel?.late || !isLoaded(chart))) return;
    const subject = { header, position: this.viewer.position(), chart };
    const names = namesOf(subject);
    const file = fillTemplate(header.saving.file, { ...names, chart: chart?.name ?? "stage" });
    if (kind === "csv") {
      if (chart) download(csvText(chart, subject.position, names), "text/csv", `${file}.csv`);
      return;
    }
    const svg = await this.svg(subject);
    if (kind === "svg") {
      download(svg, "image/svg+xml", `${file}.svg`);
      return;
    }
    const scale = kind.slice(-1);
    download(await svgToPng(svg, Number(scale)), "image/png", `${file}_${scale}x.png`);
  }

  /** @param {Subject} subject */
  async svg(subject) {
    const { header, position, chart } = subject;
    const size = chart ? header.saving.chart : header.saving.stage;
    const charts = chart ? [chart] : this.drawnCharts();
    return chartsAsSvg(await plotlyPromise, charts, position, header, size, captionOf(subject));
  }

  drawnCharts() {
    return this.viewer
      .panels()
      .filter(({ late }) => !late)
      .map((panel) => panel.chart)
      .filter(isLoaded);
  }
}

/**
 * @param {Subject} subject
 * @returns {{ strength: string, epoch: number }}
 */
function namesOf({ header, position }) {
  return {
    strength: header.strength_texts[position.strength],
    epoch: header.recorded_epochs[position.epoch],
  };
}

/**
 * Write the caption: of what, where, the pins, and a chart's own numbers.
 *
 * @param {Subject} subject
 */
function captionOf(subject) {
  const { header, position, chart } = subject;
  const { saving, strength_texts: texts } = header;
  let caption = fillTemplate(saving.caption, namesOf(subject));
  for (const pin of /** @type {const} */ (["a", "b"])) {
    const member = position[pin];
    if (member !== null) caption += fillTemplate(saving.pins[pin], { [pin]: texts[member] });
  }
  for (const { label, array, form } of chart?.numbers ?? []) {
    const value = chart?.data.number(array, position.epoch, position.strength) ?? NaN;
    caption += `; ${label} ${format.readout(value, form)}`;
  }
  return caption;
}

/** @param {string} title */
function openerButton(title) {
  const button = document.createElement("button");
  button.innerHTML = ICON;
  button.title = title;
  button.setAttribute("aria-haspopup", "menu");
  return button;
}

/**
 * @param {string} template
 * @param {Record<string, string | number>} words by their names in the template
 */
function fillTemplate(template, words) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => String(words[name] ?? whole));
}

/**
 * @param {BlobPart} content
 * @param {string} type
 * @param {string} name
 */
function download(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be writing
}
