// A page with a stage: a lesson, a passage, or a scene, which asks for a guess first.

import { short } from "../../stage/frontend/format.js";
import { LoneStage } from "../../stage/frontend/lone_stage.js";
import { SHOWN, guesses, keep, nearestChoice } from "./guesses.js";
import { followKeys } from "./page_keys.js";
import { fromScripts } from "./site_run.js";

/** @import { View } from "../../stage/frontend/types" */
/** @import { Guess } from "./guesses.js" */

/**
 * What a page says of itself; l2viz/site/stage_pages.py writes it.
 *
 * @typedef {object} PageFacts
 * @property {import("./site_run.js").RunParts} run
 * @property {View} view
 * @property {boolean} simple one slider and the charts alone
 * @property {SceneFacts | null} scene
 */

/**
 * @typedef {object} SceneFacts
 * @property {string} key
 * @property {string[]} open charts that are not covered
 * @property {boolean} quiet
 * @property {string} plays
 * @property {{ scene: string, array: string, ask: string } | null} draws
 * @property {number} answer position of the right choice
 * @property {number[]} strengths of the choices, if the guess is drawn
 */

/**
 * @param {HTMLElement} root
 * @param {PageFacts} facts
 */
export function openPage(root, { run, view, simple, scene }) {
  const read = fromScripts(new URL("files/runs/", document.baseURI).href, run);
  const guessed = scene ? guesses()[scene.key] : undefined;
  const waits = scene !== null && guessed === undefined;
  const stage = new LoneStage(root, read, {
    opening: view,
    says: {
      simple,
      covered: waits,
      open: scene?.open ?? [],
      quiet: scene?.quiet ?? false,
      plays: scene?.plays ?? "",
      draws: waits ? scene.draws : null,
    },
    onGuess: ({ strength }) => {
      if (scene) guess({ choice: nearestChoice(scene.strengths, strength), strength });
    },
  });
  followKeys(root);
  if (!scene) return stage;
  /** @param {Guess} made */
  const guess = (made) => {
    keep(scene.key, made);
    stage.say({ covered: false, draws: null });
    reveal(scene, made);
  };
  if (guessed) reveal(scene, guessed);
  for (const button of choices()) button.onclick = () => guess({ choice: numberOf(button) });
  return stage;
}

/** @returns {HTMLButtonElement[]} */
function choices() {
  return [...document.querySelectorAll(".choices button")].map(
    (button) => /** @type {HTMLButtonElement} */ (button),
  );
}

/** @param {HTMLElement} button */
function numberOf(button) {
  return Number(button.dataset.choice);
}

/**
 * Show the answer in place of the question.
 *
 * @param {SceneFacts} scene
 * @param {Guess} guess
 */
function reveal(scene, { choice, strength }) {
  for (const part of document.querySelectorAll("[data-before]")) part.toggleAttribute("hidden", true);
  for (const part of document.querySelectorAll("[data-after]")) part.toggleAttribute("hidden", false);
  const right = choice === scene.answer;
  for (const part of document.querySelectorAll("[data-said]"))
    part.toggleAttribute("hidden", part.getAttribute("data-said") !== (right ? "right" : "other"));
  const yours = document.querySelector("[data-yours]");
  const chosen = choices().find((button) => numberOf(button) === choice);
  if (!yours || choice === SHOWN) return;
  const drawn = strength === undefined ? null : `λ = ${short(strength)}, drawn`;
  yours.textContent = ` You said: ${drawn ?? chosen?.textContent?.trim()}.`;
}
