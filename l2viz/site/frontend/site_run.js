// Reads the runs of a site. A page opened from a disk may load scripts and nothing else, so each part
// of a run is a script, which leaves its bytes in `l2vizRuns` by the part's name.

import { unzipped } from "../../stage/frontend/inlined.js";
import { unpacked } from "../../stage/frontend/inlined_run.js";
import { decode } from "../../stage/frontend/wire.js";

/** @import { ReadRun } from "../../stage/frontend/chart_loader.js" */

/** opening: the part with the charts that a page opens with; whole: the one with all of them. */
/** @typedef {{ opening: string, whole: string }} RunParts */

const LOST = "A part of this page could not be read. Reload it to try again.";

/**
 * @param {string} folder address of the parts
 * @param {RunParts} parts
 * @returns {ReadRun}
 */
export function fromScripts(folder, { opening, whole }) {
  /** @type {Map<string, ReturnType<typeof readPart>>} */
  const parts = new Map(); // each is read once
  let begun = false;
  return (_charts, onAnswer, onLost) => {
    const name = begun ? whole : opening;
    begun = true;
    let closed = false;
    const part = parts.get(name) ?? readPart(folder, name);
    parts.set(name, part);
    part.then(
      ({ header, frames }) => closed || onAnswer(header, frames),
      (problem) => {
        console.error(`l2viz: ${name} was not read:`, problem);
        parts.delete(name);
        if (!closed) onLost(LOST, true);
      },
    );
    return { close: () => void (closed = true) };
  };
}

/**
 * @param {string} folder
 * @param {string} name
 */
async function readPart(folder, name) {
  await loadScript(new URL(`${name}.js`, folder).href);
  const { l2vizRuns: runs } = /** @type {{ l2vizRuns?: Record<string, string> }} */ (globalThis);
  if (!runs?.[name]) throw new Error("it holds no run");
  return decode(unpacked(await unzipped(runs[name])));
}

/**
 * @param {string} address
 * @returns {Promise<unknown>}
 */
function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} was not loaded`));
    document.head.append(script);
  });
}
