// The menu that saves a chart, or the stage as a whole, as a picture for slides or as a table.

import { csvText } from "./csv.js";
import * as format from "./format.js";
import { plotlyPromise } from "./plotly.js";
import { png, slide } from "./slide.js";

const ICON = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M7 1h2v7h3l-4 4.5L4 8h3zM2 13h12v2H2z"/></svg>`;
const MENU = `
<div class="l2viz-save-menu" popover role="menu" aria-label="Save as">
  <button role="menuitem" data-as="png2">PNG, 2 ×</button>
  <button role="menuitem" data-as="png4">PNG, 4 ×</button>
  <button role="menuitem" data-as="svg">SVG</button>
  <button role="menuitem" data-as="csv">CSV of its data</button>
</div>
`;

export class Saver {
  /** `viewer`: header(), panels() and position(). */
  constructor(root, viewer) {
    this.viewer = viewer;
    root.insertAdjacentHTML("beforeend", MENU);
    this.menu = root.querySelector(".l2viz-save-menu");
    this.table = this.menu.querySelector('[data-as="csv"]');
    this.items = [...this.menu.children];
    for (const item of this.items) item.onclick = () => this.save(item.dataset.as);
    this.menu.onkeydown = (event) => this.walk(event);
    const whole = opener(() => this.open(whole, null), "Save stage", "Save the charts in one picture");
    whole.append("Save stage");
    root.querySelector(".l2viz-tools").append(whole);
  }

  /** A button that saves the chart of a panel. */
  button(panel) {
    const button = opener(() => this.open(button, panel), "", "Save this chart");
    button.classList.add("l2viz-save");
    button.setAttribute("aria-label", "Save this chart");
    return button;
  }

  open(button, panel) {
    if (!this.viewer.header()) return;
    this.panel = panel;
    this.table.hidden = !panel;
    this.menu.showPopover({ source: button });
    const { right, bottom } = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    this.menu.style.left = `${Math.max(8, right - width)}px`;
    this.menu.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - height - 8))}px`;
    this.items[0].focus();
  }

  async save(kind) {
    this.menu.hidePopover();
    const { header, position, panels } = this.viewer;
    const place = position();
    const { saving, strength_texts: texts, recorded_epochs: epochs } = header();
    const at = { strength: texts[place.strength], epoch: epochs[place.epoch] };
    const { panel } = this;
    const name = fill(saving.file, { ...at, chart: panel ? panel.chart.name : "stage" });
    if (kind === "csv") {
      download(new Blob([csvText(panel.chart, place, at)], { type: "text/csv" }), `${name}.csv`);
      return;
    }
    const charts = (panel ? [panel] : panels()).filter(({ late }) => !late).map((p) => p.chart);
    const size = panel ? saving.chart : saving.stage;
    let caption = fill(saving.caption, at);
    for (const pin of ["a", "b"])
      if (place[pin] !== null) caption += fill(saving.pins[pin], { [pin]: texts[place[pin]] });
    if (panel)
      for (const { label, array, form } of panel.chart.numbers) {
        const value = panel.chart.data.number(array, place.epoch, place.strength);
        caption += `; ${label} ${format.readout(value, form)}`;
      }
    const svg = await slide(await plotlyPromise, charts, place, header(), size, caption);
    if (kind === "svg") download(new Blob([svg], { type: "image/svg+xml" }), `${name}.svg`);
    else download(await png(svg, Number(kind.at(-1))), `${name}_${kind.at(-1)}x.png`);
  }

  /** Up and down go through the menu. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const seen = this.items.filter(({ hidden }) => !hidden);
    const at = seen.indexOf(document.activeElement) + step;
    seen[(at + seen.length) % seen.length].focus();
  }
}

function opener(open, name, title) {
  const button = document.createElement("button");
  button.innerHTML = ICON;
  button.title = title;
  button.setAttribute("aria-haspopup", "menu");
  button.onclick = open;
  if (name) button.className = "l2viz-save-stage";
  return button;
}

function fill(template, words) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be writing
}
