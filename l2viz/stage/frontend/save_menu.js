// The sheet that saves a chart, or the whole stage: as a picture, as a table, or to the clipboard.

import { isLoaded } from "./chart_loader.js";
import { csvText } from "./csv.js";
import { find, moveFocus, placeBelow } from "./dom.js";
import { figureSvg } from "./figure.js";
import { DEFAULTS, styleOf } from "./figure_style.js";
import { canFilm } from "./film.js";
import { FilmMaker } from "./film_maker.js";
import { filmOrder, placesOver, positionAt } from "./film_order.js";
import { copyPicture, download, svgToPng } from "./picture_output.js";
import { plotlyPromise } from "./plotly_loader.js";
import { fileName, footerOf, placeOf } from "./saved_words.js";

/** @import { AnyPanel } from "./panel_grid.js" */
/** @import { FigureChoice } from "./figure_style.js" */
/** @import { FilmAxis } from "./film_order.js" */
/** @import { Subject } from "./saved_words.js" */
/** @import { OpeningHeader, Position } from "./types" */

/**
 * @typedef {object} Viewer
 * @property {() => OpeningHeader | null} header null before a run has begun
 * @property {() => AnyPanel[]} panels
 * @property {() => Position} position
 * @property {() => number} last position of the last epoch that is there
 * @property {() => string | null} page address of the run as a page in one file; null if there is none
 */

const ICON = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M7 1h2v7h3l-4 4.5L4 8h3zM2 13h12v2H2z"/></svg>`;
const MENU = `
<div class="l2viz-save-menu" popover role="dialog" aria-label="Save as">
  <label>Size <select name="size">
    <option value="slide">slide, 16:9</option>
    <option value="column">column of a page</option>
    <option value="screen">as on the screen</option>
  </select></label>
  <label>Text <select name="text">
    <option value="small">small</option>
    <option value="medium">medium</option>
    <option value="large">large</option>
  </select></label>
  <label>Ground <select name="ground">
    <option value="white">white</option>
    <option value="dark">dark</option>
    <option value="transparent">transparent</option>
  </select></label>
  <label><input type="checkbox" name="title"> Title of each chart</label>
  <label><input type="checkbox" name="footer"> Footer: run, λ, epoch</label>
  <div class="l2viz-save-buttons">
    <button data-as="png2">PNG, 2 ×</button>
    <button data-as="png4">PNG, 4 ×</button>
    <button data-as="svg">SVG</button>
    <button data-as="copy">Copy picture</button>
    <button data-as="csv">CSV of its data</button>
    <button data-as="page">Page with all charts</button>
  </div>
  <div class="l2viz-save-films">
    <label>Film takes <select name="seconds">
      <option value="4">4 seconds</option>
      <option value="8">8 seconds</option>
    </select></label>
    <button data-film="epochs">Film over epochs (WebM)</button>
    <button data-film="strengths">Film over strengths (WebM)</button>
  </div>
  <p role="status"></p>
</div>
`;

export class SaveMenu {
  /**
   * @param {HTMLElement} root
   * @param {Viewer} viewer
   */
  constructor(root, viewer) {
    this.root = root;
    this.viewer = viewer;
    /** @type {AnyPanel | null} */
    this.panel = null; // whose chart is to be saved; null: the whole stage
    /** @type {FigureChoice} */
    this.choice = { ...DEFAULTS }; // stays from one picture to the next
    root.insertAdjacentHTML("beforeend", MENU);
    this.menu = find(root, ".l2viz-save-menu", HTMLElement);
    this.csvItem = find(this.menu, '[data-as="csv"]', HTMLButtonElement);
    this.pageItem = find(this.menu, '[data-as="page"]', HTMLButtonElement);
    this.said = find(this.menu, "[role=status]", HTMLElement);
    this.items = [...this.menu.querySelectorAll("button")];
    this.films = find(this.menu, ".l2viz-save-films", HTMLElement);
    this.filmMaker = new FilmMaker(root);
    for (const item of this.items) {
      const { as, film } = item.dataset;
      item.onclick = () => (film ? this.film(/** @type {FilmAxis} */ (film)) : this.save(as ?? ""));
    }
    for (const field of this.menu.querySelectorAll("select")) this.connect(field);
    for (const field of this.menu.querySelectorAll("input")) this.connect(field);
    this.menu.onkeydown = (event) => {
      if (!(event.target instanceof HTMLButtonElement)) return;
      moveFocus(event, this.items.filter((item) => item.checkVisibility() && !item.disabled));
    };
    const stageButton = openerButton("Save the charts in one picture");
    stageButton.className = "l2viz-save-stage";
    stageButton.append("Save stage");
    stageButton.onclick = () => this.open(stageButton, null);
    find(root, ".l2viz-tools", HTMLElement).append(stageButton);
  }

  /** @param {HTMLSelectElement | HTMLInputElement} field named as a part of the choice */
  connect(field) {
    const name = /** @type {keyof FigureChoice} */ (field.name);
    const box = field instanceof HTMLInputElement;
    if (box) field.checked = Boolean(this.choice[name]);
    else field.value = String(this.choice[name]);
    field.onchange = () => {
      Object.assign(this.choice, { [name]: box ? field.checked : field.value });
    };
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
    this.pageItem.hidden = Boolean(panel) || !this.viewer.page();
    this.said.textContent = "";
    this.showFilms();
    /** @type {{ showPopover(options: { source: HTMLElement }): void }} */ (this.menu).showPopover({
      source: button,
    });
    placeBelow(this.menu, button, 4);
    this.items[0].focus();
  }

  /** Offer the films that can be made, and say why others cannot. */
  showFilms() {
    this.films.hidden = !this.panel;
    if (!this.panel) return;
    const header = this.viewer.header();
    const able = canFilm();
    for (const item of this.items) {
      const over = /** @type {FilmAxis | undefined} */ (item.dataset.film);
      if (!over || !header) continue;
      item.disabled =
        !able || this.filmMaker.busy || placesOver(over, header, this.viewer.last()) < 2;
    }
    if (!able) this.said.textContent = "This browser cannot record films in WebM.";
    else if (this.filmMaker.busy) this.said.textContent = "Another film is being made.";
  }

  /** @param {FilmAxis} over */
  async film(over) {
    const subject = this.subject();
    if (!subject?.chart) return;
    this.menu.hidePopover();
    const { header, position, chart } = subject;
    const last = this.viewer.last();
    const end = positionAt(over, position, placesOver(over, header, last) - 1);
    const file = `${fileName({ header, chart, position: end })}_over-${over}.webm`;
    const filmed = { header, position, chart, last, styleAt: this.styler(subject, 1) };
    const seconds = Number(this.choice.seconds);
    await this.filmMaker.make(filmOrder(await plotlyPromise, filmed, over, seconds, file));
  }

  /** @param {string} kind as in data-as */
  async save(kind) {
    const subject = this.subject();
    if (!subject) return;
    const { position, chart } = subject;
    if (kind === "page") {
      this.savePage();
      return;
    }
    if (kind === "copy") {
      this.said.textContent = await copyPicture(this.svg(subject).then((svg) => svgToPng(svg, 2)));
      return;
    }
    this.menu.hidePopover();
    const file = fileName(subject);
    if (kind === "csv") {
      if (chart) download(csvText(chart, position, placeOf(subject)), "text/csv", `${file}.csv`);
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

  /** Let the browser save the run as a page, which the server makes within seconds. */
  savePage() {
    const link = document.createElement("a");
    link.href = this.viewer.page() ?? "";
    link.download = "";
    link.click();
    this.said.textContent = "The page is being made, and will be among your downloads.";
  }

  /** @returns {Subject | null} null while there is nothing to save */
  subject() {
    const header = this.viewer.header();
    const chart = this.panel?.chart ?? null;
    if (!header || (chart && (this.panel?.late || !isLoaded(chart)))) return null;
    return { header, position: this.viewer.position(), chart };
  }

  /** @param {Subject} subject */
  async svg(subject) {
    const { header, position, chart } = subject;
    const charts = chart ? [chart] : this.drawnCharts();
    const style = this.styler(subject, charts.length)(position);
    return figureSvg(await plotlyPromise, charts, position, header, style);
  }

  /**
   * Return how a picture at a position looks, with what the viewer has chosen now.
   *
   * @param {Subject} subject
   * @param {number} count of charts
   */
  styler({ header, chart }, count) {
    const grid = find(this.root, ".l2viz-panels", HTMLElement);
    const box = (chart ? this.panel?.element : grid) ?? grid;
    const onScreen = {
      width: box.clientWidth,
      height: box.clientHeight,
      columns: chart ? 1 : getComputedStyle(grid).gridTemplateColumns.split(" ").length,
    };
    const choice = { ...this.choice };
    return (/** @type {Position} */ position) =>
      styleOf(choice, count, onScreen, header, footerOf({ header, position }));
  }

  remove() {
    this.filmMaker.cancel();
  }

  drawnCharts() {
    return this.viewer
      .panels()
      .filter(({ late }) => !late)
      .map((panel) => panel.chart)
      .filter(isLoaded);
  }
}

/** @param {string} title */
function openerButton(title) {
  const button = document.createElement("button");
  button.innerHTML = ICON;
  button.title = title;
  button.setAttribute("aria-haspopup", "dialog");
  return button;
}
