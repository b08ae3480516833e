"""Training points that one can move, add and remove: all strengths are trained anew at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.page import ViewedPage

Viewer = Callable[..., ViewedPage]
QUICK = "&epochs=40&record_every=10&strengths=0,0.001,0.1"


def points(page: ViewedPage) -> list[list[float]]:
    """Return the points in the address."""
    text = page.query.get("points", "")
    return [[float(part) for part in point.split("_")] for point in text.split("~") if point]


def drawn(page: ViewedPage, trace: str = "training points") -> list[tuple[float, float]]:
    (figure,) = page.figures.values()
    assert figure is not None
    (points,) = [each for each in figure if each["name"] == trace]
    return list(zip(points["x"], points["y"], strict=True))


def wait_for_points(page: ViewedPage, count: int, before: str) -> None:
    page.page.wait_for_function(
        """([count, before]) => {
             const points = new URLSearchParams(location.search).get("points") ?? "";
             const stage = document.querySelector("[data-l2viz-stage]");
             return points !== before && points.split("~").length === count
               && stage.dataset.state === "finished"
               && stage.dataset.stale !== "true"
               && document.querySelectorAll(".l2viz-points button").length === count
               && !document.querySelector(".l2viz-points [data-moved]");
           }""",
        arg=[count, before],
    )
    page.settle()


def test_a_point_is_dragged_and_every_strength_is_trained_anew(viewer: Viewer) -> None:
    page = viewer(f"?dataset=curve&charts=fitted_curve{QUICK}")
    page.wait_for(charts=1, state="finished")
    handles = page.page.locator(".l2viz-points button")
    before, first_run = drawn(page), page.run_ids[-1]
    assert handles.count() == len(before) == 15
    box = handles.nth(3).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 30, y - 25, steps=4)
    page.page.mouse.up()
    wait_for_points(page, 15, "")
    after = drawn(page)
    assert page.run_ids[-1] != first_run
    for i, ((x0, y0), (x1, y1)) in enumerate(zip(before, after, strict=True)):
        moved = i == 3
        assert (abs(x1 - x0) > 0.01 and y1 - y0 > 0.01) == moved, i
        assert moved or abs(x1 - x0) + abs(y1 - y0) < 2e-3, i
    page.page.go_back()
    page.page.wait_for_function("!new URLSearchParams(location.search).has('points')")
    page.wait_for(charts=1, state="finished")
    page.page.wait_for_function(
        "before => Math.abs(document.querySelector('.l2viz-plot').data"
        ".find(each => each.name === 'training points').x[3] - before) < 1e-6",
        arg=before[3][0],
    )
    assert page.errors == []


@pytest.mark.slow
def test_points_are_added_and_removed_and_moved_by_keys(viewer: Viewer) -> None:
    page = viewer(f"?dataset=moons&charts=boundary{QUICK}&train_size=12&batch_size=12")
    page.wait_for(charts=1, state="finished")
    plot = page.page.locator(".l2viz-plot").bounding_box()
    place = (plot["x"] + 0.9 * plot["width"], plot["y"] + 0.12 * plot["height"])
    page.page.keyboard.down("Shift")
    page.page.mouse.dblclick(*place)
    page.page.keyboard.up("Shift")
    wait_for_points(page, 13, "")
    assert points(page)[12][2] == 1
    assert page.query["batch_size"] == "13"  # still one batch
    strength = page.strength
    handle = page.page.locator(".l2viz-points button").nth(12)
    before = page.query["points"]
    handle.focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("ArrowUp")
    wait_for_points(page, 13, before)
    x0, y0 = [float(part) for part in before.split("~")[12].split("_")][:2]
    x1, y1, label = points(page)[12]
    assert x1 < x0 and y1 > y0 and label == 1
    assert page.strength == strength  # the arrows moved the point, and not the slider
    before = page.query["points"]
    page.page.keyboard.press("PageDown")  # from the last one to the first
    page.page.keyboard.press("Delete")
    wait_for_points(page, 12, before)
    assert points(page) == [[float(p) for p in each.split("_")] for each in before.split("~")][1:]
    assert page.errors == []
