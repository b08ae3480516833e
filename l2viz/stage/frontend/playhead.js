// A viewer's own place on the epoch axis, and how it moves in time. Knows nothing of charts.

/** Recorded epochs a second; `null` keeps up with whatever can be painted. */
export const PACES = [
  { name: "slow motion", epochsPerSecond: 4 },
  { name: "slow", epochsPerSecond: 12 },
  { name: "normal", epochsPerSecond: 30 },
  { name: "full speed", epochsPerSecond: null },
];

const HANDFUL = 4;

export class Playhead {
  constructor() {
    this.position = 0; // may lie between two recorded epochs
    this.playing = false;
    this.pace = PACES.length - 1;
    this.still = false; // shows no motion that nobody asked for: waits for the end of a run
  }

  get epoch() {
    return Math.floor(this.position + 1e-9);
  }

  /** Moves on by `seconds`; `last` is the newest epoch there is, `more` whether others follow. */
  advance(seconds, last, more) {
    if (!this.playing || (this.still && more)) return;
    if (this.still) this.position = last;
    const { epochsPerSecond } = PACES[this.pace];
    if (epochsPerSecond === null) this.position = Math.min(this.position + this.stride(last, more), last);
    else this.position = Math.min(this.position + seconds * epochsPerSecond, last);
    if (!more && this.position >= last) this.playing = false;
  }

  /** Each epoch, as long as that keeps up: they come in handfuls, and are shown one by one. */
  stride(last, more) {
    return more ? Math.max(1, Math.ceil((last - this.position) / HANDFUL)) : 1;
  }

  play(last, more) {
    if (!more && this.epoch >= last) this.position = 0;
    this.playing = true;
    this.still = false;
  }

  pause() {
    this.playing = false;
  }

  goTo(epoch, last) {
    this.playing = false;
    this.position = Math.max(0, Math.min(epoch, last));
  }

  /** A run that trains is followed; `still` as above. */
  follow(still) {
    this.position = 0;
    this.playing = true;
    this.still = still;
  }

  startOver() {
    this.position = 0;
    this.playing = true;
    this.still = false;
  }
}
