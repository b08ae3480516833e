// The stage in a file of its own: the run is in the page.

import { readInlinedRun } from "./inlined_run.js";
import { LoneStage } from "./lone_stage.js";

/**
 * Open the stage on the run of this page, where the address says.
 *
 * @param {HTMLElement} root
 */
export function openLab(root) {
  return new LoneStage(root, readInlinedRun);
}
