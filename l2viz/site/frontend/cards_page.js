// The page of misconceptions: each opens once the viewer has said whether it is true.

import { guesses, keep } from "./guesses.js";

export function openCards() {
  const judged = guesses();
  for (const card of document.querySelectorAll("article[data-card]")) {
    const key = `card ${card.getAttribute("data-card")}`;
    if (judged[key]) open(card, judged[key].choice === 1);
    for (const button of card.querySelectorAll("button"))
      button.onclick = () => {
        const believed = button.dataset.judge === "true";
        keep(key, { choice: Number(believed) });
        open(card, believed);
      };
  }
}

/**
 * @param {Element} card
 * @param {boolean} believed
 */
function open(card, believed) {
  card.querySelector("[data-before]")?.toggleAttribute("hidden", true);
  card.querySelector("[data-after]")?.toggleAttribute("hidden", false);
  card.querySelector("[data-believed]")?.toggleAttribute("hidden", !believed);
}
