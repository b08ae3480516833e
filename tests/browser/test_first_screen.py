"""The first ten seconds: one picture, one slider, and a way to everything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser

from l2viz.lesson import read_lesson
from tests.browser.page import ViewedPage
from tests.browser.server import Server
from tests.cases import rest_slow

PASSAGES = read_lesson().opening
MOST_CONTROLS = 7
_CONTROLS = """
() => [...document.querySelectorAll("button, input, select, [role=tab], a[href]")]
  .filter(each => each.checkVisibility({ visibilityProperty: true }) && each.offsetWidth
                  && !each.closest("[popover]:not(:popover-open)"))
  .map(each => each.innerText || each.ariaLabel)
"""
_OVERFLOW = """
() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
  .map(each => each.scrollWidth - each.clientWidth)
"""
_OVERLAPS = """
() => {
  const parts = [...document.querySelectorAll(
    ".st-key-opening :is(h2, p, button), .l2viz-strength, .l2viz-panel")];
  const boxes = parts.filter(part => part.offsetWidth && !part.closest("button p"))
    .map(part => [part.innerText.slice(0, 20), part.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
                       && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map(([other]) => [one, other]));
}
"""


@contextmanager
def opened(
    browser: Browser, server: Server, query: str = "", **settings: Any
) -> Iterator[ViewedPage]:
    settings = {"viewport": {"width": 1280, "height": 720}} | settings
    with browser.new_context(**settings) as context:
        page = ViewedPage(context.new_page(), server.address)
        page.page.goto(server.address + query)
        page.wait_for(state="finished", charts=2)
        yield page


def test_it_is_one_picture_and_one_slider(browser: Browser, server: Server) -> None:
    with opened(browser, server) as page:
        controls = page.page.evaluate(_CONTROLS)
        assert "Strength λ" in controls
        assert len(controls) <= MOST_CONTROLS, controls
        assert list(page.figures) == ["fitted_curve", "score_path"]
        assert page.query == {}
        assert page.errors == []


def test_the_error_draws_itself_as_the_slider_moves(browser: Browser, server: Server) -> None:
    with opened(browser, server) as page:
        for member in (0, 5, 12, 3):
            page.set("Strength λ", member)
            page.settle()
            line, here = page.figures["score_path"]
            assert len(line["x"]) == len(line["y"]) == member + 1
            assert [line["x"][-1]] == here["x"]
            assert [line["y"][-1]] == here["y"]
        page.page.keyboard.press("ArrowRight")
        page.wait_for(strength=PASSAGES[0].experiment.strengths[4])
        assert page.query == {}


def test_it_leads_on_and_to_the_lab(browser: Browser, server: Server) -> None:
    with opened(browser, server) as page:
        for passage in PASSAGES[1:]:
            page.page.get_by_role("button", name="Next").click()
            page.page.get_by_role("heading", name=passage.title).wait_for()
            page.wait_for_query(story=passage.key)
            for name in passage.view.charts or ():
                page.page.locator(f'.l2viz-panel[data-chart="{name}"]').wait_for()
            page.wait_for(state="finished", charts=2)
            assert set(page.figures) == set(passage.view.charts or ())
        page.page.reload()
        page.page.get_by_role("heading", name=PASSAGES[-1].title).wait_for()
        page.wait_for(state="finished", charts=2)
        page.set("Strength λ", 7)
        page.settle()
        page.page.get_by_role("button", name="Your turn: open the lab").click()
        page.wait_for(charts=6, strength=PASSAGES[-1].experiment.strengths[7])
        page.page.get_by_role("tab", name="Data").wait_for()
        page.wait_for_query(dataset="digits")
        assert page.errors == []


def test_the_tour_begins_by_its_key(browser: Browser, server: Server) -> None:
    with opened(browser, server) as page:
        page.page.keyboard.press("n")
        page.wait_for_query(scene=read_lesson().tour[0].key)
        page.wait_for(covered="true", epoch=0)


@pytest.mark.parametrize("passage", rest_slow(PASSAGES, first=1), ids=lambda passage: passage.key)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_overlaps_or_runs_out(
    browser: Browser, server: Server, theme: str, passage: Any
) -> None:
    with opened(browser, server, f"?story={passage.key}", color_scheme=theme) as page:
        for width, height in ((1280, 720), (1920, 1080), (1024, 768), (800, 600), (390, 844)):
            page.page.set_viewport_size({"width": width, "height": height})
            page.page.evaluate("new Promise(requestAnimationFrame)")
            page.settle()
            assert page.page.evaluate(_OVERFLOW) == [0, 0], width
            assert page.page.evaluate(_OVERLAPS) == [], width
            slider = page.slider("Strength λ").bounding_box()
            assert slider and slider["y"] + slider["height"] <= height, (
                "the slider is on the screen"
            )


def test_who_wants_no_motion_sees_none(browser: Browser, server: Server) -> None:
    name = "getComputedStyle(document.querySelector('.l2viz-strength input')).animationName"
    for motion, expected in (("reduce", "none"), ("no-preference", "l2viz-invite")):
        with opened(browser, server, reduced_motion=motion) as page:
            assert page.page.evaluate(name) == expected
            page.set("Strength λ", 3)
            page.settle()
            assert page.page.evaluate(name) == "none", "it was found"
