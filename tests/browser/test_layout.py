"""Everything fits a projector without scrolling, in light and dark; a phone stacks the charts."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PROJECTOR
from tests.browser.page import ViewedPage
from tests.cases import rest_slow

Viewer = Callable[..., ViewedPage]
PHONE = {"width": 390, "height": 844}

_MEASURE = """
() => {
  const main = document.querySelector("[data-testid=stMain]");
  const page = document.documentElement;
  const box = element => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  };
  const parts = ".l2viz-panel, [data-l2viz-stage] :is(button, input, select, .l2viz-notice)";
  return {
    overflow: [page, main].map(element => [
      element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight]),
    charts: [...document.querySelectorAll(".l2viz-panel")].map(box),
    parts: [...document.querySelectorAll(parts)]
      .filter(part => !part.closest("[popover]:not(:popover-open)")).map(box),
    plots: [...document.querySelectorAll(".l2viz-plot")].map(box),
    drawn: [...document.querySelectorAll(".l2viz-plot .main-svg:first-of-type")].map(box),
    ground: getComputedStyle(document.querySelector(".stApp")).backgroundColor,
  };
}
"""
# The boxes, if they and the frame number have not changed since the last call.
_AT_REST = f"""
() => {{
  const {{ frame, asked, answered }} = document.querySelector("[data-l2viz-stage]").dataset;
  if (!frame || asked !== answered) return null;
  const boxes = ({_MEASURE})();
  const seen = JSON.stringify([frame, boxes]);
  const rests = window.lastSeen === seen;
  window.lastSeen = seen;
  return rests ? boxes : null;
}}
"""

# Every number beside the charts, and whether it is cut off.
_NUMBERS = """
() => [...document.querySelectorAll(".l2viz-readouts td")].map(cell => {
  const { left, right } = cell.getBoundingClientRect();
  const label = getComputedStyle(cell, "::before").content.replaceAll('"', "");
  const cut = cell.scrollWidth > cell.clientWidth || left < 0 || right > innerWidth;
  return { label, text: cell.textContent, cut };
})
"""


def measured(page: ViewedPage) -> dict[str, Any]:
    """Return the boxes of the page's elements, once drawing and layout have settled."""
    page.page.evaluate("window.lastSeen = null")
    handle = page.page.wait_for_function(_AT_REST, polling=200)
    boxes: dict[str, Any] = handle.json_value()
    return boxes


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_everything_fits_a_projector_without_scrolling(
    viewer: Viewer, browser: Browser, theme: str
) -> None:
    with browser.new_context(viewport=PROJECTOR, color_scheme=theme) as context:
        page = viewer("?dataset=digits&a=0.0&b=0.1", context=context)
        assert page.data["theme"] == theme
        assert_fits(page, theme)
        page.reset()  # no pins
        assert_fits(page, theme)
        page.choose_lesson("Curve")
        page.page.wait_for_selector('.l2viz-panel[data-chart="fitted_curve"]')
        page.wait_for(state="finished")
        assert_fits(page, theme)


def assert_fits(page: ViewedPage, theme: str) -> None:
    boxes = measured(page)
    dark = boxes["ground"] == "rgb(18, 21, 28)"
    assert dark == (theme == "dark")
    assert boxes["overflow"] == [[0, 0], [0, 0]]
    assert len(boxes["charts"]) == 6
    for box in boxes["parts"]:
        assert 0 <= box["left"] < box["right"] <= 1280, box
        assert 0 <= box["top"] < box["bottom"] <= 720, box
    assert_rows(boxes["plots"], 3)
    for drawn in boxes["drawn"]:  # a chart fills its panel and does not overflow
        assert any(
            abs(drawn["left"] - plot["left"]) < 2
            and abs(drawn["right"] - plot["right"]) < 2
            and abs(drawn["bottom"] - plot["bottom"]) < 2
            for plot in boxes["plots"]
        ), (drawn, boxes["plots"])


def assert_rows(plots: list[dict[str, float]], columns: int) -> None:
    """Assert that the plots stand in rows of so many, and those of a row are equally high."""
    assert len({round(plot["left"]) for plot in plots}) == columns
    for row in (plots[at : at + columns] for at in range(0, len(plots), columns)):
        assert len({(round(plot["top"]), round(plot["bottom"])) for plot in row}) == 1, row


_CLIPPED = """
() => [...document.querySelectorAll(".l2viz-readouts th, .l2viz-heading h3, .l2viz-label")]
  .filter(title => title.scrollWidth > title.clientWidth + 1).map(title => title.textContent)
"""


@pytest.mark.parametrize(("width", "columns"), rest_slow([(1160, 3), (1024, 2), (880, 1)], first=1))
def test_narrow_windows_have_fewer_columns_and_whole_titles(
    viewer: Viewer, browser: Browser, width: int, columns: int
) -> None:
    with browser.new_context(viewport={"width": width, "height": 768}) as context:
        page = viewer("?dataset=digits", context=context)
        boxes = measured(page)
        assert_rows(boxes["plots"], columns)
        assert page.page.evaluate(_CLIPPED) == []
        assert boxes["overflow"][0][0] == boxes["overflow"][1][0] == 0


def test_nothing_moves_while_numbers_change(curve: ViewedPage) -> None:
    """Words and buttons keep their room: at every strength, and when one is pinned."""
    first = measured(curve)
    for member in (5, 12, 24):
        curve.set("Strength λ", member)
        assert measured(curve) == first, member
    buttons = [curve.button("pin B").bounding_box(), curve.button("best").bounding_box()]
    curve.button("pin A").click()
    pinned = [curve.button("pin B").bounding_box(), curve.button("best").bounding_box()]
    assert pinned == buttons


def test_both_sliders_of_a_phone_stick_without_a_gap(viewer: Viewer, browser: Browser) -> None:
    with browser.new_context(viewport=PHONE, has_touch=True) as context:
        page = viewer("?dataset=curve", context=context)
        label = page.page.locator(".l2viz-strength .l2viz-label")
        indent = "label => getComputedStyle(label).paddingLeft"
        assert label.evaluate(indent) == "0px"
        page.page.locator(".l2viz-panel").last.scroll_into_view_if_needed()
        page.page.locator("[data-l2viz-stage][data-stuck]").wait_for()
        upper = page.page.locator(".l2viz-strength").bounding_box()
        lower = page.page.locator(".l2viz-epoch").bounding_box()
        assert upper and lower
        assert upper["y"] == 0
        assert upper["height"] - 2 <= lower["y"] <= upper["height"]
        assert label.evaluate(indent) != "0px"  # beside the button that opens the settings


def test_a_phone_stacks_the_charts(viewer: Viewer, browser: Browser) -> None:
    with browser.new_context(viewport=PHONE, has_touch=True) as context:
        page = viewer("?dataset=digits&a=0", context=context)
        boxes = measured(page)
        assert [across for across, _ in boxes["overflow"]] == [0, 0]
        charts = boxes["charts"]
        assert len(charts) == 6
        assert all(0 <= box["left"] < box["right"] <= 390 for box in boxes["parts"])
        for above, below in itertools.pairwise(charts):
            assert above["bottom"] <= below["top"]
            assert above["left"] == below["left"]
        numbers = page.page.evaluate(_NUMBERS)
        assert len(numbers) == 2 * 7
        assert [number for number in numbers if number["cut"]] == []
        assert [number["label"] for number in numbers[1:7]] == [
            "penalty",
            "data loss",
            "shrinkage ratio",
            "training accuracy",
            "validation accuracy",
            "gap",
        ]


def test_the_charts_follow_the_windows_size(viewer: Viewer, browser: Browser) -> None:
    with browser.new_context(viewport=PROJECTOR) as context:
        page = viewer(context=context)
        measured(page)
        before = page.frame
        page.page.set_viewport_size({"width": 1600, "height": 900})
        page.wait_for_frame(before)
        boxes = measured(page)
        assert boxes["overflow"] == [[0, 0], [0, 0]]
        assert max(box["bottom"] for box in boxes["charts"]) > 840
        assert max(box["right"] for box in boxes["charts"]) > 1500
