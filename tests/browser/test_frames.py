"""Not one blank frame: at every frame of the browser every chart has its lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.page import ViewedPage

Viewer = Callable[..., ViewedPage]

# At each frame of the browser: how many lines and areas each plot shows, the fewest so far.
WATCH_LINES = """
() => {
  const stage = document.querySelector("[data-l2viz-stage]");
  const lines = plot => [...plot.querySelectorAll(".scatterlayer .trace")]
    .filter(trace => [...trace.querySelectorAll("path")].some(p => p.getAttribute("d"))).length;
  const pictured = plot => [...plot.querySelectorAll("canvas")]
    .filter(canvas => canvas.width > 1).length;
  window.watched = { frames: 0, fewest: {}, charts: new Set(), states: new Set() };
  const look = () => {
    const { watched } = window;
    watched.frames += 1;
    watched.charts.add(stage.dataset.charts);
    watched.states.add(stage.dataset.state);
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
  const { frames, fewest, charts, states } = window.watched;
  return { frames, fewest, charts: [...charts], states: [...states] };
}
"""


def watch(page: ViewedPage) -> None:
    page.page.evaluate(WATCH_LINES)


def watched(page: ViewedPage) -> dict[str, Any]:
    return page.page.evaluate(WATCHED)


def test_no_blank_frame_while_scrubbing(curve: ViewedPage) -> None:
    watch(curve)
    curve.wait_for_frame(curve.frame - 1)
    at_rest = watched(curve)["fewest"]
    assert min(at_rest.values()) >= 2
    watch(curve)
    for member in (5, 9, 14, 24, 17, 11, 3, 1, 0):
        before = curve.frame
        curve.set("Strength λ", member)
        curve.wait_for_frame(before)
    for epoch in (90, 60, 30, 10, 2, 40, 100):
        before = curve.frame
        curve.set("Epoch", epoch)
        curve.wait_for_frame(before)
    seen = watched(curve)
    assert seen["charts"] == ["6"]
    assert seen["frames"] > 16
    assert seen["fewest"] == at_rest


def test_no_blank_frame_while_a_run_trains_and_plays(viewer: Viewer) -> None:
    page = viewer("?dataset=digits&epochs=60&seed=41")
    page.wait_for(epoch=60)
    shown = set(page.run_ids)
    watch(page)
    page.button("Train anew").click()
    page.wait_for(state="training")
    page.wait_for(state="finished", epoch=60)
    seen = watched(page)
    assert set(page.run_ids) > shown
    assert seen["charts"] == ["6"]
    assert seen["states"] == ["finished", "training"]
    assert min(seen["fewest"].values()) >= 2, seen
