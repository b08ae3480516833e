// A view <-> the part of an address behind its "#". The names are those of the page's own address,
// see l2viz/experiment/url.py.

/** @import { View } from "./types" */

const MOST_CHARTS = 6; // LARGEST_STAGE there
const CHART = /^[\w.-]{1,80}$/;
const NONE = "none"; // no pin, no large chart
const LAST = "last"; // epoch
const USUAL = "usual"; // charts

/** How a run opens, unless a page says otherwise. */
/** @type {Readonly<View>} */
export const PLAIN = {
  strength: 0,
  epoch: null,
  a: null,
  b: null,
  charts: null,
  large: null,
  presenter: false,
};

/**
 * Write all of a view that differs from how the page opens; "" if nothing does.
 *
 * @param {View} view
 * @param {View} [opening]
 */
export function hashOf(view, opening = PLAIN) {
  const query = new URLSearchParams();
  /**
   * @param {string} name
   * @param {number | string | null} value
   * @param {number | string | null} opened
   * @param {string} nothing stands for null
   */
  const put = (name, value, opened, nothing) => {
    if (value !== opened) query.set(name, value === null ? nothing : String(value));
  };
  put("strength", view.strength, opening.strength, "0");
  put("at_epoch", view.epoch, opening.epoch, LAST);
  put("a", view.a, opening.a, NONE);
  put("b", view.b, opening.b, NONE);
  put("charts", joined(view.charts), joined(opening.charts), USUAL);
  put("large", view.large, opening.large, NONE);
  const yes = (/** @type {boolean} */ on) => (on ? "yes" : "no");
  put("presenter", yes(view.presenter), yes(opening.presenter), "");
  const text = query.toString().replaceAll("%2C", ",");
  return text && `#${text}`;
}

/**
 * Read a view; what is not there, or cannot be read, is as the page opens.
 *
 * @param {string} hash
 * @param {View} [opening]
 * @returns {View}
 */
export function viewOf(hash, opening = PLAIN) {
  const query = new URLSearchParams(hash.slice(1));
  /**
   * @template Value
   * @param {string} name
   * @param {Value} opened
   * @param {string} nothing
   * @param {(text: string) => Value | undefined} read
   * @returns {Value | null}
   */
  const part = (name, opened, nothing, read) => {
    const text = query.get(name);
    if (text === null || text === "") return opened;
    if (text === nothing) return null;
    return read(text) ?? opened;
  };
  const presenter = query.get("presenter");
  return {
    strength: part("strength", opening.strength, "0", number) ?? 0,
    epoch: part("at_epoch", opening.epoch, LAST, number),
    a: part("a", opening.a, NONE, number),
    b: part("b", opening.b, NONE, number),
    charts: part("charts", opening.charts, USUAL, charts),
    large: part("large", opening.large, NONE, chart),
    presenter: presenter === null ? opening.presenter : presenter === "yes",
  };
}

/** @param {string[] | null} names */
function joined(names) {
  return names && names.join(",");
}

/** @param {string} text */
function number(text) {
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** @param {string} text */
function chart(text) {
  return CHART.test(text) ? text : undefined;
}

/** @param {string} text */
function charts(text) {
  const names = text.split(",").filter((name) => CHART.test(name));
  return names.length ? names.slice(0, MOST_CHARTS) : undefined;
}
