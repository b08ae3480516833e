"""Bars: those that stand still are drawn as long as the others move."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.page import ViewedPage

Viewer = Callable[..., ViewedPage]


def test_the_ghosts_stay_when_the_strength_moves(viewer: Viewer) -> None:
    page = viewer("?dataset=digits&charts=bars_dense_1")
    page.wait_for(charts=1, state="finished")
    bars = page.page.locator(".l2viz-plot .barlayer path")
    page.settle()
    before = bars.count()
    assert before == 2 * 48
    for member in (14, 3, 20):
        page.set("Strength λ", member)
        page.settle()
        assert bars.count() == before
    assert page.errors == []
