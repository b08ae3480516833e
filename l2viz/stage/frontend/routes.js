// The addresses of a run on the server, and reading it from there; l2viz/ui/server/routes.py.

import { RunPoller } from "./run_poller.js";

/** @import { ReadRun } from "./chart_loader.js" */

/**
 * @param {string} base address of the l2viz routes
 * @param {string} run
 */
export function runAddress(base, run) {
  return new URL(`runs/${encodeURIComponent(run)}`, base).href;
}

/**
 * Return where the server has a run as a page in one file.
 *
 * @param {string} base address of the l2viz routes
 * @param {string} run
 */
export function pageAddress(base, run) {
  return `${runAddress(base, run)}/lab.html`;
}

/**
 * @param {string} base address of the l2viz routes
 * @returns {(run: string) => ReadRun}
 */
export function fromRoutes(base) {
  return (run) => (charts, onAnswer, onLost) =>
    new RunPoller(runAddress(base, run), charts, onAnswer, onLost);
}
