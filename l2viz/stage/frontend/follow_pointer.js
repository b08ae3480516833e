// Follows a pointer from a press to its release, wherever on the page that is.

/**
 * @param {object} listeners
 * @param {(move: PointerEvent) => void} listeners.onMove
 * @param {() => void} [listeners.onUp]
 * @param {() => void} [listeners.onCancel]
 * @returns {AbortController} ends it before the release
 */
export function followPointer({ onMove, onUp, onCancel }) {
  const ended = new AbortController();
  const { signal } = ended;
  window.addEventListener("pointermove", onMove, { signal });
  /** @param {(() => void) | undefined} then */
  const end = (then) => () => {
    ended.abort();
    then?.();
  };
  window.addEventListener("pointerup", end(onUp), { signal });
  window.addEventListener("pointercancel", end(onCancel), { signal });
  return ended;
}
