// The end of the tour: the viewer's guesses beside what was so.

import { short } from "../../stage/frontend/format.js";
import { SHOWN, guesses } from "./guesses.js";
import { followKeys } from "./page_keys.js";

export function openClosing() {
  followKeys();
  const made = guesses();
  let guessed = 0;
  let right = 0;
  const lines = [...document.querySelectorAll("li[data-scene]")];
  for (const line of lines) {
    const { choice = SHOWN, strength } = made[line.getAttribute("data-scene") ?? ""] ?? {};
    if (choice === SHOWN) continue;
    guessed += 1;
    const isRight = choice === Number(line.getAttribute("data-answer"));
    right += Number(isRight);
    line.setAttribute("data-guessed", isRight ? "right" : "other");
    const yours = line.querySelector("[data-yours]");
    if (isRight || !yours) continue;
    const words = JSON.parse(line.getAttribute("data-choices") ?? "[]")[choice];
    const drawn = strength === undefined ? null : `λ = ${short(strength)}, drawn`;
    yours.textContent = ` You said: ${drawn ?? words}.`;
  }
  const count = document.querySelector("[data-count]");
  if (!count || !guessed) return;
  const rest = right < guessed ? " The others are worth a second look." : "";
  count.textContent = `You guessed in ${guessed} of ${lines.length} scenes; ${right} were right.${rest}`;
}
