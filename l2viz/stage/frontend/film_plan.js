// Which pictures a film has, and when each is shown.

/**
 * places: positions on the axis that the film runs over, in order, each shown equally long.
 * times: when each picture comes, in milliseconds; the last one comes a second time just before the
 * end, at which some players do not wait.
 * duration: of the whole, in milliseconds.
 *
 * @typedef {{ places: number[], times: number[], duration: number }} FilmPlan
 */

const MOST_PER_SECOND = 15; // pictures, so that drawing them takes no longer than a viewer waits
const BEFORE_THE_END = 20; // milliseconds
const MOST_PIXELS = 1920 * 1080; // of a picture, which players and projectors can show
const LARGEST_SCALE = 2; // that of a small PNG

/**
 * Plan a film from the first to the last of some places.
 *
 * @param {number} count of places, at least 1
 * @param {number} seconds that the film takes
 * @returns {FilmPlan}
 */
export function filmPlan(count, seconds) {
  const duration = 1000 * seconds;
  const shown = Math.min(count, seconds * MOST_PER_SECOND);
  const step = shown > 1 ? (count - 1) / (shown - 1) : 0;
  const places = Array.from({ length: shown }, (_, i) => Math.round(i * step));
  const times = places.map((_, i) => Math.round((i * duration) / shown));
  return { places, times: [...times, duration - BEFORE_THE_END], duration };
}

/**
 * Return how much larger a film is than its charts' own pixels; its sides are even, as encoders want.
 *
 * @param {{ width: number, height: number }} size
 */
export function filmSize({ width, height }) {
  const scale = Math.min(LARGEST_SCALE, Math.sqrt(MOST_PIXELS / (width * height)));
  /** @param {number} side */
  const even = (side) => 2 * Math.floor((side * scale) / 2);
  return { scale, width: even(width), height: even(height) };
}
