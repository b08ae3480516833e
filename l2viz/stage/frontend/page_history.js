// Back and Forward: a lesson, a scene, a passage and other settings are entries of the browser's
// history, a slider's moves are not.
//
// Streamlit adds an entry whenever the page writes its address. Here an address of the same place
// replaces the last entry instead, and a return by the viewer is told to the page.

const OF_THE_VIEW = ["strength", "epoch", "a", "b", "charts", "presenter"];
const LONGEST_RETURN = 30_000; // milliseconds until a page of a busy server has followed
const OF_THE_VIEWER = ["keydown", "pointerdown"];

/**
 * Return what an address is the place of: its scene or passage, or else its settings.
 *
 * @param {string} search the address from its "?" on
 */
export function placeOf(search) {
  const query = new URLSearchParams(search);
  for (const name of ["scene", "story"])
    if (query.has(name)) return `${name}=${query.get(name)}&page=${query.get("page") ?? ""}`;
  for (const name of OF_THE_VIEW) query.delete(name);
  query.sort();
  return query.toString();
}

export class PageHistory {
  /** @param {(search: string) => void} onReturn called when the viewer went back or forward */
  constructor(onReturn) {
    this.returning = 0; // until when addresses that the page writes are of a return
    this.push = history.pushState;
    const { push } = this;
    history.pushState = (state, unused, url) => {
      const search = new URL(String(url ?? location.href), location.href).search;
      const same = placeOf(search) === placeOf(location.search);
      if (same || performance.now() < this.returning) history.replaceState(state, unused, url);
      else push.call(history, state, unused, url);
    };
    this.onPop = () => {
      this.returning = performance.now() + LONGEST_RETURN;
      onReturn(location.search);
    };
    this.onAct = () => {
      this.returning = 0; // what the page writes from now on follows the viewer
    };
    window.addEventListener("popstate", this.onPop);
    for (const name of OF_THE_VIEWER) window.addEventListener(name, this.onAct, true);
  }

  remove() {
    history.pushState = this.push;
    window.removeEventListener("popstate", this.onPop);
    for (const name of OF_THE_VIEWER) window.removeEventListener(name, this.onAct, true);
  }
}
