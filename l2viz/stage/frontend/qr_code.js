// A QR code of the present address over the whole stage: a class opens the same view on its phones.

import { find, setText } from "./dom.js";
import { codeOf } from "./qr_drawing.js";
import { adviceAt, atHost, isLocal, sizeOfText } from "./shared_address.js";

const PAUSE = 250; // milliseconds between two looks at the address, while the code is shown
const TEMPLATE = `
<div class="l2viz-qr" popover role="dialog" aria-label="QR code of this page">
  <button data-close aria-label="Close">✕</button>
  <img alt="QR code of the address that stands below it" hidden>
  <p class="l2viz-qr-address" aria-label="Address"></p>
  <p class="l2viz-qr-said" role="status"></p>
</div>
`;
const ICON = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M1 1h6v6H1zM2.5 2.5v3h3v-3zM9 1h6v6H9zM10.5 2.5v3h3v-3zM1 9h6v6H1zM2.5 10.5v3h3v-3zM9 9h2v2H9zM13 9h2v2h-2zM11 11h2v2h-2zM9 13h2v2H9zM13 13h2v2h-2z"/></svg>`;

export class QrCode {
  /**
   * @param {HTMLElement} root
   * @param {() => Promise<string | null>} networkHost the host by which phones reach this machine; null
   *   if nobody knows one
   */
  constructor(root, networkHost) {
    this.networkHost = networkHost;
    root.insertAdjacentHTML("beforeend", TEMPLATE);
    this.sheet = find(root, ".l2viz-qr", HTMLElement);
    this.image = find(this.sheet, "img", HTMLImageElement);
    this.text = find(this.sheet, ".l2viz-qr-address", HTMLElement);
    this.said = find(this.sheet, ".l2viz-qr-said", HTMLElement);
    this.close = find(this.sheet, "[data-close]", HTMLButtonElement);
    this.asked = ""; // the page's address whose code is there, or on its way
    /** @type {number | undefined} */
    this.timer = undefined;
    this.close.onclick = () => this.sheet.hidePopover();
    this.button = codeButton(this.sheet);
    this.fit = () => this.fitText();
    this.sheet.addEventListener("toggle", (event) => {
      this.watch(/** @type {ToggleEvent} */ (event).newState === "open");
    });
    this.tools = find(root, ".l2viz-tools", HTMLElement);
  }

  /** @param {boolean} offered whether the button stands among the stage's tools */
  offer(offered) {
    if (offered) this.tools.append(this.button);
    else this.button.remove();
  }

  toggle() {
    this.sheet.togglePopover();
  }

  /** @param {boolean} open */
  watch(open) {
    window.clearInterval(this.timer);
    window.removeEventListener("resize", this.fit);
    this.button.setAttribute("aria-expanded", String(open));
    this.asked = "";
    if (!open) return;
    this.close.focus();
    window.addEventListener("resize", this.fit);
    this.timer = window.setInterval(() => this.follow(), PAUSE); // no event tells of each change
    this.follow();
  }

  /** Show the code of the address where the page is now. */
  async follow() {
    const page = location.href;
    if (page === this.asked) return;
    this.asked = page;
    try {
      const host = isLocal(location.hostname) ? await this.networkHost() : null;
      const advice = adviceAt(location, host);
      const address = host ? atHost(page, host) : page;
      const code = advice && !host ? "" : await codeOf(address);
      if (page === this.asked) this.show(code, address, advice);
    } catch (problem) {
      if (page === this.asked) this.show("", page, /** @type {Error} */ (problem).message);
    }
  }

  /**
   * @param {string} code an SVG; "" if there is none
   * @param {string} address
   * @param {string} said
   */
  show(code, address, said) {
    this.image.hidden = !code;
    if (code) this.image.src = `data:image/svg+xml,${encodeURIComponent(code)}`;
    setText(this.text, code ? address : "");
    setText(this.said, said);
    this.fitText();
  }

  fitText() {
    this.text.style.fontSize = "0";
    const { clientWidth: width, clientHeight: height } = this.text;
    const length = this.text.textContent?.length ?? 0;
    this.text.style.fontSize = `${sizeOfText(length, { width, height })}px`;
  }

  remove() {
    this.watch(false);
  }
}

/**
 * Return the host by which phones reach the server's machine; null if it does not know one.
 *
 * @param {string} base address of the l2viz routes
 */
export async function hostInNetwork(base) {
  const answer = await fetch(`${base}network.json`).catch(() => null);
  if (!answer?.ok) throw new Error("The server does not answer now.");
  /** @type {{ host: string | null }} */
  const { host } = await answer.json();
  return host;
}

/** @param {HTMLElement} sheet that it opens */
function codeButton(sheet) {
  const button = document.createElement("button");
  button.className = "l2viz-qr-button";
  button.title = "QR code of this page, for phones (q)";
  button.innerHTML = ICON;
  button.setAttribute("aria-label", "QR code");
  button.setAttribute("aria-expanded", "false");
  button.popoverTargetElement = sheet;
  return button;
}
