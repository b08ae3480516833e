// A view <-> the part of an address behind its "#". The names are those of the page's own address,
// see l2viz/experiment/url.py.

/** @import { View } from "./types" */

const MOST_CHARTS = 6; // LARGEST_STAGE there
const CHART = /^[\w.-]{1,80}$/;

/**
 * Write all of a view that differs from how a run opens; "" if nothing does.
 *
 * @param {View} view
 */
export function hashOf({ strength, epoch, a, b, charts, large, presenter }) {
  const query = new URLSearchParams();
  if (strength) query.set("strength", String(strength));
  if (epoch !== null) query.set("at_epoch", String(epoch));
  if (a !== null) query.set("a", String(a));
  if (b !== null) query.set("b", String(b));
  if (charts) query.set("charts", charts.join(","));
  if (large) query.set("large", large);
  if (presenter) query.set("presenter", "yes");
  const text = query.toString().replaceAll("%2C", ",");
  return text && `#${text}`;
}

/**
 * Read a view; what cannot be read is as a run opens.
 *
 * @param {string} hash
 * @returns {View}
 */
export function viewOf(hash) {
  const query = new URLSearchParams(hash.slice(1));
  /** @param {string} name */
  const number = (name) => {
    const text = query.get(name);
    const value = Number(text);
    return text && Number.isFinite(value) && value >= 0 ? value : null;
  };
  const charts = (query.get("charts") ?? "").split(",").filter((name) => CHART.test(name));
  const large = query.get("large") ?? "";
  return {
    strength: number("strength") ?? 0,
    epoch: number("at_epoch"),
    a: number("a"),
    b: number("b"),
    charts: charts.length ? charts.slice(0, MOST_CHARTS) : null,
    large: CHART.test(large) ? large : null,
    presenter: query.get("presenter") === "yes",
  };
}
