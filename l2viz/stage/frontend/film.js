// Films in WebM. A picture is recorded when the one before it is encoded, however long that takes,
// and its time is written afterwards: so no picture is lost or late on a slow machine.

import { retimed } from "./webm.js";

/** @import { FilmPlan } from "./film_plan.js" */

const TYPES = ["video/webm;codecs=vp9", "video/webm;codecs=vp8"]; // vp9 is encoded sooner
const BITS_PER_PIXEL = 20; // and second: thin lines stay sharp from the first picture on
const SHORTEST = 25; // milliseconds between two pictures, or a browser drops one
// Milliseconds until the next picture, if the browser does not tell that one is encoded: Chromium
// does, Firefox tells now and then, and repeats a picture that stays for a second.
const LONG_PATIENCE = 500;
const SHORT_PATIENCE = 150;

/** @returns {string | undefined} undefined if this browser cannot record a canvas as WebM */
function filmType() {
  if (typeof MediaRecorder !== "function") return undefined;
  if (!("captureStream" in HTMLCanvasElement.prototype)) return undefined;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type));
}

export function canFilm() {
  return filmType() !== undefined;
}

/**
 * Record pictures as a film.
 *
 * @param {Blob[]} pictures
 * @param {FilmPlan} plan
 * @param {{ width: number, height: number }} size
 * @param {(share: number) => void} tell
 * @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
export async function recordFilm(pictures, { times, duration }, size, tell, signal) {
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("the browser has no memory for one of this size.");
  const recording = new Recording(canvas);
  try {
    for (const i of times.keys()) {
      // The last picture comes twice, so that it lasts as long as the others.
      const bitmap = await createImageBitmap(pictures[Math.min(i, pictures.length - 1)]);
      context.drawImage(bitmap, 0, 0);
      bitmap.close();
      await recording.take();
      signal.throwIfAborted();
      tell(i / times.length);
    }
    const film = retimed(await recording.film(), recording.taken, times, duration);
    return new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (film)], { type: "video/webm" });
  } finally {
    recording.end();
  }
}

/** What MediaRecorder makes of a canvas, of which pictures are taken one by one. */
class Recording {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const stream = canvas.captureStream(0); // no picture is taken unless it is asked for
    this.stream = stream;
    const [track] = stream.getVideoTracks();
    // Firefox has requestFrame where an early draft of its standard had it.
    this.source = /** @type {{ requestFrame(): void }} */ (
      /** @type {unknown} */ ("requestFrame" in track ? track : stream)
    );
    this.recorder = new MediaRecorder(stream, {
      mimeType: filmType(),
      videoBitsPerSecond: BITS_PER_PIXEL * canvas.width * canvas.height,
    });
    /** @type {Blob[]} */
    this.parts = [];
    this.heard = () => {};
    /** @type {number[]} */
    this.taken = []; // when, by the clock
    this.patience = LONG_PATIENCE;
    this.recorder.ondataavailable = ({ data }) => {
      this.parts.push(data);
      if (data.size) this.heard();
    };
    this.recorder.start(1); // tell of all that is there, at each millisecond
  }

  /** Take the canvas as the next picture, and wait until it is encoded. */
  async take() {
    const pause = new Promise((done) => setTimeout(done, SHORTEST));
    /** @type {Promise<boolean>} */
    const encoded = new Promise((done) => {
      this.heard = () => done(true);
      setTimeout(() => done(false), this.patience);
    });
    this.taken.push(performance.now());
    this.source.requestFrame();
    await pause;
    this.patience = (await encoded) ? LONG_PATIENCE : SHORT_PATIENCE;
  }

  /** @returns {Promise<Uint8Array>} */
  async film() {
    await new Promise((done, fail) => {
      this.recorder.onstop = done;
      this.recorder.onerror = () => fail(new Error("the browser could not record it."));
      this.recorder.stop();
    });
    return new Uint8Array(await new Blob(this.parts).arrayBuffer());
  }

  end() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    for (const track of this.stream.getTracks()) track.stop();
  }
}
