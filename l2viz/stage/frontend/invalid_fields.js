// Fields of the sidebar whose text the browser refuses, so that Python never hears of it.

const FIELDS = '[data-testid="stSidebar"] input';

/** Return a sentence about the first field that is not valid, or "". */
export function invalidField() {
  for (const field of document.querySelectorAll(FIELDS)) {
    if (!(field instanceof HTMLInputElement) || field.validity.valid) continue;
    const name = field.getAttribute("aria-label") ?? "a setting";
    const { min, max } = field;
    const bounds = min && max ? `a number from ${min} to ${max}` : `at least ${min || 0}`;
    return `${name} must be ${bounds}, got ${field.value || "no number"}.`;
  }
  return "";
}

/**
 * Call a function whenever a field of the sidebar may have become valid or not.
 *
 * @param {() => void} onChange
 * @returns {() => void} stops listening
 */
export function watchFields(onChange) {
  const later = () => requestAnimationFrame(onChange); // once Streamlit has corrected a value
  const kinds = ["input", "change", "focusout", "click"];
  for (const kind of kinds) document.addEventListener(kind, later, true);
  return () => {
    for (const kind of kinds) document.removeEventListener(kind, later, true);
  };
}
