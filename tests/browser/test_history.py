"""Back and Forward follow what the viewer opened, and not each move of a slider."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from l2viz.lesson import read_lesson
from tests.browser.page import ViewedPage
from tests.browser.test_tour import wait_for_scene

Viewer = Callable[..., ViewedPage]
FIRST, SECOND, *_ = read_lesson().tour


def entries(page: ViewedPage) -> int:
    return page.page.evaluate("history.length")


def test_back_and_forward_through_scenes(viewer: Viewer) -> None:
    page = viewer(f"?scene={FIRST.key}")
    wait_for_scene(page, FIRST)
    before = entries(page)
    page.page.keyboard.press("n")
    wait_for_scene(page, SECOND)
    page.settle()
    assert entries(page) == before + 1
    page.page.go_back()
    wait_for_scene(page, FIRST)
    page.page.go_forward()
    wait_for_scene(page, SECOND)
    assert entries(page) == before + 1
    assert page.errors == []


@pytest.mark.slow
def test_slider_moves_are_no_entries_and_lessons_are(viewer: Viewer) -> None:
    page = viewer("?dataset=curve&seed=7")
    page.wait_for(charts=6)
    before = entries(page)
    for member in (3, 9, 14):
        page.set("Strength λ", member)
        page.wait_for_query(strength=str(page.strength))
    assert entries(page) == before
    left = page.strength
    page.choose_lesson("Digits, wrong labels")
    page.wait_for_query(dataset="digits")
    page.wait_for(state="finished", epoch=80, strength=0.0)
    assert entries(page) == before + 1
    page.page.go_back()
    page.wait_for_query(dataset="curve", strength=str(left))
    page.wait_for(state="finished", epoch=2000, strength=left)
    page.page.go_forward()
    page.wait_for_query(dataset="digits")
    page.wait_for(state="finished", epoch=80, strength=0.0)
    assert page.errors == []


def test_back_leads_from_the_lab_to_the_opening(viewer: Viewer) -> None:
    page = viewer("?story=network")
    page.wait_for(charts=2)
    page.page.get_by_role("button", name="Open the lab").click()
    page.wait_for(charts=6)
    page.wait_for_query(dataset="circles", story=None)
    page.page.go_back()
    page.wait_for_query(story="network", dataset=None)
    page.wait_for(charts=2)
    assert page.page.locator("[data-l2viz-stage]").get_attribute("data-simple") is not None
