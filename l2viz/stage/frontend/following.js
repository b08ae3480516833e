// A class follows a teacher's view: asks the server what is shown, and how many follow.

import { Ballot } from "./ballot.js";
import { find, setText } from "./dom.js";

/** @import { View } from "./types" */

/**
 * What the server says of a broadcast.
 *
 * @typedef {{ number: number, run: string, view: View, playing: boolean, followers: number,
 *   covered: boolean, open: string[], scene: string, ask: string, choices: string[],
 *   tally: number[], guessed: boolean }} News
 */

const PAUSE = 500; // milliseconds between two questions of one who follows
const PAUSE_OF_A_TEACHER = 2000;

export class Following {
  /**
   * @param {HTMLElement} root of the stage
   * @param {string} base address of the l2viz routes
   * @param {(news: News) => void} onNews called for each change, and when a viewer returns
   */
  constructor(root, base, onNews) {
    this.base = base;
    this.onNews = onNews;
    this.tools = find(root, ".l2viz-tools", HTMLElement);
    this.box = document.createElement("span");
    this.box.className = "l2viz-following";
    this.text = document.createElement("output");
    this.button = document.createElement("button");
    this.button.onclick = () => this.toggle();
    this.name = crypto.randomUUID?.() ?? String(Math.random()); // not where the page is not secure
    this.code = "";
    this.teaches = false;
    this.left = false; // the viewer looks around alone
    this.ended = false; // nobody shares under this code now
    this.number = 0; // of the news that are shown
    this.followers = 0;
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {News | null} */
    this.news = null;
    this.ballot = new Ballot(root, (scene, choice) => this.guess(scene, choice));
    this.show();
  }

  /** Whether the teacher covers the results of all who follow. */
  get covered() {
    return this.attends && Boolean(this.news?.covered);
  }

  /**
   * Send a guess, and ask for the counts.
   *
   * @param {string} scene
   * @param {number} choice
   */
  async guess(scene, choice) {
    const query = new URLSearchParams({ viewer: this.name, scene, choice: String(choice) });
    try {
      await fetch(`${this.base}watch/${this.code}/guess?${query}`, { method: "POST" });
    } catch {
      return; // the buttons stay, to press again
    }
    this.ask();
  }

  /** Whether the page is one of the class, also while its viewer looks around. */
  get attends() {
    return Boolean(this.code) && !this.teaches;
  }

  /** Whether the viewer sees what the teacher shows. */
  get follows() {
    return this.attends && !this.left;
  }

  /**
   * Ask about another broadcast from now on, or about none.
   *
   * @param {string} code
   * @param {boolean} teaches whether it is this page that is shown
   */
  update(code, teaches) {
    if (code === this.code && teaches === this.teaches) return;
    this.stop();
    Object.assign(this, { code, teaches, left: false, ended: false, number: 0, followers: 0 });
    this.show();
    if (code) this.ask();
  }

  /** Let the viewer look around; called when they move something themselves. */
  leave() {
    if (!this.follows || this.ended) return;
    this.left = true;
    this.show();
  }

  /** Take what is shown now as news: another run is opened, or the viewer returns. */
  again() {
    this.number = 0;
  }

  toggle() {
    this.left = !this.left;
    this.again();
    this.show();
    if (!this.left) this.ask();
  }

  async ask() {
    window.clearTimeout(this.timer);
    const { code } = this;
    const viewer = this.teaches ? "" : this.name;
    try {
      const response = await fetch(`${this.base}watch/${code}?viewer=${viewer}`);
      if (code !== this.code) return;
      if (!response.ok) throw new Error(`answer ${response.status}`);
      this.receive(await response.json());
    } catch {
      // The server does not answer now: it is asked again.
    }
    if (code !== this.code) return;
    this.show();
    const pause = this.teaches ? PAUSE_OF_A_TEACHER : PAUSE;
    this.timer = window.setTimeout(() => this.ask(), pause);
  }

  /** @param {News | null} news null: nobody shares a view under this code now */
  receive(news) {
    this.ended = !news;
    this.news = news;
    this.ballot.show(news, this.teaches);
    if (!news) return;
    this.followers = news.followers;
    if (!this.follows || news.number === this.number) return;
    this.number = news.number;
    this.onNews(news);
  }

  show() {
    if (!this.code) {
      this.box.remove();
      return;
    }
    if (!this.box.isConnected) this.tools.prepend(this.box);
    const parts = this.teaches || this.ended ? [this.text] : [this.text, this.button];
    if (this.box.childElementCount !== parts.length) this.box.replaceChildren(...parts);
    setText(this.button, this.left ? "Follow" : "Leave");
    setText(this.text, this.words());
  }

  words() {
    if (this.teaches) return `${this.followers} follow`;
    if (this.ended) return "Nobody shares a view here now";
    return this.left ? "On your own" : "Following";
  }

  stop() {
    window.clearTimeout(this.timer);
    this.ballot.remove();
    this.news = null;
    this.code = "";
  }
}
