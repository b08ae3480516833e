"""There is no blank frame: at every frame of the browser every chart has its lines."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.frames import watch, watched
from tests.browser.page import ViewedPage

Viewer = Callable[..., ViewedPage]


def test_no_blank_frame_while_scrubbing(curve: ViewedPage) -> None:
    watch(curve)
    curve.wait_for_frame(curve.frame - 1)
    at_rest = watched(curve)["fewest"]
    assert min(at_rest.values()) >= 2
    at_rest["histogram_dense_2"] = 2  # its lines: marks of weights beyond the axis come and go
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
    page.button("Retrain").click()
    page.wait_for(state="training")
    page.wait_for(state="finished", epoch=60)
    seen = watched(page)
    assert set(page.run_ids) > shown
    assert seen["charts"] == ["6"]
    assert seen["states"] == ["finished", "training"]
    assert min(seen["fewest"].values()) >= 2, seen
