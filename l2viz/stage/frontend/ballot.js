// The question of the teacher's scene: a class answers it, and all see how many chose what.

import { setText } from "./dom.js";

/** @import { News } from "./following.js" */

export class Ballot {
  /**
   * @param {HTMLElement} root of the stage
   * @param {(scene: string, choice: number) => void} onGuess
   */
  constructor(root, onGuess) {
    this.root = root;
    this.onGuess = onGuess;
    this.element = document.createElement("section");
    this.element.className = "l2viz-ballot";
    this.element.setAttribute("aria-label", "Guesses of the class");
    this.scene = "";
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
  }

  /**
   * Show the question and the counts; nothing without a question.
   *
   * @param {News | null} news
   * @param {boolean} teaches
   */
  show(news, teaches) {
    if (!news?.scene || (teaches && !news.followers && !sum(news.tally))) {
      this.element.remove();
      this.scene = "";
      return;
    }
    if (news.scene !== this.scene) this.begin(news);
    const open = news.covered && !news.guessed && !teaches;
    const told = teaches || news.guessed || !news.covered;
    this.buttons.forEach((button, choice) => {
      const count = told ? ` · ${news.tally[choice]}` : "";
      setText(button, `${news.choices[choice]}${count}`);
      const share = told ? news.tally[choice] / Math.max(1, sum(news.tally)) : 0;
      button.style.setProperty("--share", `${Math.round(100 * share)}%`);
      button.disabled = !open;
    });
  }

  /** @param {News} news */
  begin({ scene, ask, choices }) {
    this.scene = scene;
    const question = document.createElement("strong");
    question.textContent = ask;
    this.buttons = choices.map((_, choice) => {
      const button = document.createElement("button");
      button.onclick = () => this.onGuess(scene, choice);
      return button;
    });
    this.element.replaceChildren(question, ...this.buttons);
    this.root.prepend(this.element);
  }

  remove() {
    this.element.remove();
    this.scene = "";
  }
}

/** @param {number[]} counts */
function sum(counts) {
  return counts.reduce((total, count) => total + count, 0);
}
