"""Observes the stage at every frame that the browser displays."""

from __future__ import annotations

from typing import Any

from tests.browser.page import ViewedPage

# At each frame of the browser: the smallest number of lines and areas so far in each plot.
WATCH_LINES = """
() => {
  const stage = document.querySelector("[data-l2viz-stage]");
  const lines = plot => [...plot.querySelectorAll(".scatterlayer .trace")]
    .filter(trace => [...trace.querySelectorAll("path")].some(p => p.getAttribute("d"))).length;
  const pictured = plot => [...plot.querySelectorAll("canvas")]
    .filter(canvas => canvas.width > 1).length;
  window.watched = { frames: 0, fewest: {}, charts: new Set(), states: new Set(),
    painted: [] };
  const look = () => {
    const { watched } = window;
    watched.frames += 1;
    watched.charts.add(stage.dataset.charts);
    watched.states.add(stage.dataset.state);
    if (stage.dataset.frame !== watched.painted.at(-1)?.frame) {
      const { frame, state } = stage.dataset;
      watched.painted.push({ frame, state, at: performance.now() });
    }
    for (const panel of stage.querySelectorAll(".l2viz-panel")) {
      const plot = panel.querySelector(".l2viz-plot");
      const count = lines(plot) + pictured(plot);
      const { chart } = panel.dataset;
      watched.fewest[chart] = Math.min(count, watched.fewest[chart] ?? Infinity);
    }
    window.watching = requestAnimationFrame(look);
  };
  look();
}
"""
WATCHED = """
() => {
  cancelAnimationFrame(window.watching);
  const { frames, fewest, charts, states, painted } = window.watched;
  return { frames, fewest, painted, charts: [...charts], states: [...states] };
}
"""


def watch(page: ViewedPage) -> None:
    """Start to observe every frame."""
    page.page.evaluate(WATCH_LINES)


def watched(page: ViewedPage) -> dict[str, Any]:
    """Return the record: frames, fewest lines of each chart, painted (frame, state, at in ms),
    charts and states. Stops looking.
    """
    return page.page.evaluate(WATCHED)
