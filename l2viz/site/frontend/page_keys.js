// The keys n, Shift + n and l of a tour: its links, which keep presenter mode.

const FIELDS = "input, textarea, select, [contenteditable=true]";

/** @type {Record<string, string>} */
const LINKS = { n: "a[rel=next]", N: "a[rel=prev]", l: "a[data-leave]" };

/**
 * @param {HTMLElement} [stage]
 */
export function followKeys(stage) {
  for (const selector of ["a[rel=next]", "a[rel=prev]"])
    for (const link of document.querySelectorAll(selector))
      link.addEventListener("click", () => {
        const presents = stage?.dataset.presenter === "true";
        /** @type {HTMLAnchorElement} */ (link).hash = presents ? "presenter=yes" : "";
      });
  window.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || !(key in LINKS)) return;
    if (target instanceof Element && target.closest(FIELDS)?.matches(":not([type=range])")) return;
    /** @type {HTMLElement | null} */ (document.querySelector(LINKS[key]))?.click();
  });
}
