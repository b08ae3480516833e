"""A chart that moved to a place looks like one that is drawn there from the start.

When it moves, Plotly goes on with the settings that it has worked out before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from l2viz.trajectory import Trajectory
from tests.browser.charts import stages
from tests.browser.conftest import PROJECTOR
from tests.browser.page import ViewedPage
from tests.cases import rest_slow

CURVE = "?dataset=curve&seed=7"
CASES = [
    (CURVE, ""),  # with its usual charts
    (CURVE, "curve"),  # with all charts of a recorded run
    ("?dataset=digits", "digits-wrong-labels"),
    ("?dataset=moons", "moons"),
]
# What Plotly has drawn, without the names that it makes up.
_DRAWN = r"""
() => Object.fromEntries([...document.querySelectorAll(".l2viz-panel")].map((panel) => {
  const plot = panel.querySelector(".l2viz-plot");
  const parts = [...plot.querySelectorAll(".cartesianlayer *, .infolayer *")].map((part) => [
    part.tagName,
    ...["class", "d", "transform", "style"].map((name) => part.getAttribute(name)),
    part.tagName === "text" ? part.textContent : "",
  ].join(" ").replace(/\btrace[0-9a-f]{6}\b|url\([^)]*\)/g, ""));
  const points = (plot.calcdata ?? []).map((each) => each.length);
  return [panel.dataset.chart, { parts, points }];
}))
"""


def drawn(page: ViewedPage) -> dict[str, Any]:
    page.settle()
    return page.page.evaluate(_DRAWN)


def redrawn(page: ViewedPage) -> dict[str, Any]:
    """Return what is drawn after all charts were drawn anew, at the size they had."""
    frame = page.frame
    page.page.set_viewport_size({**PROJECTOR, "width": PROJECTOR["width"] - 60})
    page.wait_for_frame(frame)
    frame = page.frame
    page.page.set_viewport_size(PROJECTOR)
    page.wait_for_frame(frame)
    return drawn(page)


@pytest.mark.parametrize(("query", "recording"), rest_slow(CASES, first=1))
def test_a_chart_that_moved_looks_like_one_drawn_there(
    viewer: Callable[..., ViewedPage], recorded: dict[str, Trajectory], query: str, recording: str
) -> None:
    groups = stages(recorded[recording]) if recording else [[]]
    for names in groups:
        page = viewer(f"{query}&charts={','.join(names)}" if names else query)
        moves = [("Strength λ", 9), ("Epoch", 0), ("Epoch", 3), ("Strength λ", 2), ("Epoch", 11)]
        page.button("pin A").click()
        opened = redrawn(page)
        assert opened.keys() == set(page.figures)
        for slider, place in moves:
            page.set(slider, place)
            page.settle()
        moved = drawn(page)
        for name, wanted in redrawn(page).items():
            assert moved[name]["points"] == wanted["points"], name
            # Plotly's `animate` puts the lines that it moved last.
            assert sorted(moved[name]["parts"]) == sorted(wanted["parts"]), name
        assert moved != opened
        page.page.close()
