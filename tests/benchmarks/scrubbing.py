"""Moves a slider of the stage and times each move until the frame that shows it in all charts."""

from __future__ import annotations

from playwright.sync_api import Page

# Waits for a frame painted after `shown` has become true: the same rule for both sides.
PAINTED_WITH = """
  const paintedWith = (shown) => new Promise((done) => {
    const look = () => requestAnimationFrame(() => {
      const seen = shown();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = seen ? done : look;
      port2.postMessage(null);
    });
    look();
  });
"""
_SCRUB = f"""
async ([label, count]) => {{
  {PAINTED_WITH}
  const stage = document.querySelector("[data-l2viz-stage]");
  const slider = stage.querySelector(`input[aria-label="${{label}}"]`);
  // Of what is drawn: a run that trains draws frames of its own.
  const value = () => stage.dataset[label === "Epoch" ? "epoch" : "strength"];
  const taken = [];
  for (let i = 0; i < count; i += 1) {{
    await paintedWith(() => true);
    await paintedWith(() => true);
    const before = value();
    slider.value = (Number(slider.value) + 7) % (Number(slider.max) + 1);
    const start = performance.now();
    slider.dispatchEvent(new Event("input", {{ bubbles: true }}));
    await paintedWith(() => value() !== before);
    taken.push(performance.now() - start);
  }}
  return taken;
}}
"""


def scrub(page: Page, label: str, count: int) -> list[float]:
    """Move the slider with this label so many times; return the milliseconds of each move."""
    taken: list[float] = page.evaluate(_SCRUB, [label, count])
    return taken
