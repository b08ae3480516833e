// What saved pictures and films say and are called, by the templates of the run.

/** @import { LoadedChart, OpeningHeader, Position } from "./types" */

/** What one picture or table shows: a chart, or (null) the whole stage. */
/** @typedef {{ header: OpeningHeader, position: Position, chart: LoadedChart | null }} Subject */

/**
 * Write the footer: of what run, where in it, and the pinned strengths.
 *
 * @param {Omit<Subject, "chart">} subject
 */
export function footerOf({ header, position }) {
  const { saving, strength_texts: texts } = header;
  const strength = texts[position.strength];
  const { epoch } = placeOf({ header, position });
  let footer = fillTemplate(saving.caption, { strength, epoch });
  for (const pin of /** @type {const} */ (["a", "b"])) {
    const member = position[pin];
    if (member !== null) footer += fillTemplate(saving.pins[pin], { [pin]: texts[member] });
  }
  return footer;
}

/**
 * Return strength and epoch as numbers, for programs.
 *
 * @param {Omit<Subject, "chart">} subject
 */
export function placeOf({ header, position }) {
  return {
    strength: header.strengths[position.strength],
    epoch: header.recorded_epochs[position.epoch],
  };
}

/**
 * Return the name of a file, without what says its kind.
 *
 * @param {Subject} subject
 */
export function fileName(subject) {
  const chart = subject.chart?.name ?? "stage";
  return fillTemplate(subject.header.saving.file, { ...placeOf(subject), chart });
}

/**
 * @param {string} template
 * @param {Record<string, string | number>} words by their names in the template
 */
function fillTemplate(template, words) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => String(words[name] ?? whole));
}
