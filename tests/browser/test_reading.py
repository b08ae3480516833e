"""The pages to read, beside the stage: it stays in use, and on a phone they cover it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, ViewportSize

from l2viz.ui.reading.catalogue import PAGES
from tests.browser.axe import serious
from tests.browser.page import ViewedPage
from tests.browser.test_layout import PHONE

Viewer = Callable[..., ViewedPage]
PANEL = ".st-key-reading"

_LONGEST_LINE = """
() => {
  const ruler = document.createElement("span");
  const widths = [...document.querySelectorAll(".st-key-reading .stMarkdown :is(p, li)")]
    .filter(element => element.offsetWidth && !element.closest("table"))
    .map(element => {
      element.append(ruler);
      ruler.style.cssText = "position: absolute; width: 1ch";
      const characters = element.clientWidth / ruler.getBoundingClientRect().width;
      ruler.remove();
      return characters;
    });
  return Math.max(0, ...widths);
}
"""


def test_the_stage_stays_in_use_beside_a_page(viewer: Viewer) -> None:
    page = viewer("?dataset=curve")
    page.page.evaluate("document.querySelector('[data-l2viz-stage]').first = true")
    page.page.get_by_role("button", name="Code", exact=True).click()
    panel = page.page.locator(PANEL)
    panel.get_by_text("regularizers.L2(").first.wait_for()
    for member in (20, 12):
        page.set("Strength λ", member)
        panel.get_by_text(f"regularizers.L2({page.strength:g})").first.wait_for()
    page.focus_nothing()
    page.page.keyboard.press("Escape")
    panel.wait_for(state="detached")
    page.wait_for_query(page=None)
    page.page.get_by_role("tab", name="Data").wait_for()
    assert page.page.evaluate("document.querySelector('[data-l2viz-stage]').first")


@pytest.mark.slow
@pytest.mark.parametrize(
    "size",
    [
        PHONE,
        {"width": 1024, "height": 768},
        {"width": 1920, "height": 1080},
    ],
)
def test_a_page_has_short_lines_and_hides_nothing(
    viewer: Viewer, browser: Browser, size: ViewportSize
) -> None:
    with browser.new_context(viewport=size) as context:
        page = viewer("?lab", context=context)
        for title, _ in PAGES.values():
            page.page.get_by_role("button", name=title, exact=True).click()
            page.page.locator(PANEL).get_by_role("heading", name=title, exact=True).wait_for()
            box = page.page.locator(PANEL).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size["width"]
            assert page.page.evaluate(_LONGEST_LINE) <= 75
            stage = page.page.locator("[data-l2viz-stage]").bounding_box()
            assert stage is not None
            beside = stage["x"] >= box["x"] + box["width"]
            assert beside == (size is not PHONE)
            assert page.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            assert serious(page) == []
            page.page.locator(PANEL).get_by_role("button", name="Close").click()
            page.page.locator(PANEL).wait_for(state="detached")
