"""A viewer whose run waits: the place and the time are readable, and nothing moves for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.page import ViewedPage
from tests.browser.server import Server

LONG = "?dataset=digits&epochs=10000&record_every=10&train_size=1000&seed=41"
# The text's box, the slider beside it, and the height of their bar.
_BOXES = """
() => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(".l2viz-progress"));
  const slider = document.querySelector('input[aria-label="Epoch"]');
  return {
    right: range.getBoundingClientRect().right,
    slider: slider.getBoundingClientRect().left,
    bar: slider.closest(".l2viz-bar").getBoundingClientRect().height,
  };
}
"""


@pytest.fixture(scope="module")
def long(browser: Browser) -> Iterator[ViewedPage]:
    """Yield a page of a server whose one training process has a run of minutes."""
    with Server(settings={"L2VIZ_WORKERS": "1"}) as server, browser.new_context() as context:
        page = ViewedPage(context.new_page(), server.address).open(LONG)
        page.button("Train").click()
        page.wait_for(state="training", stale="false")
        yield page
        assert page.errors == []


@pytest.fixture(
    params=[1280, *(pytest.param(each, marks=pytest.mark.slow) for each in (1024, 390))]
)
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    viewport = {"width": request.param, "height": 768}
    with browser.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
        yield context


def test_the_place_in_the_queue_is_readable(long: ViewedPage, context: BrowserContext) -> None:
    page = ViewedPage(context.new_page(), long.address).open()
    before: dict[str, Any] = page.page.evaluate(_BOXES)
    page.page.goto(f"{long.address}?dataset=digits&seed=42")
    page.page.get_by_text("One other run is trained first, for about").wait_for()
    boxes: dict[str, Any] = page.page.evaluate(_BOXES)
    assert boxes["right"] <= boxes["slider"]
    viewport = page.page.viewport_size
    if viewport and viewport["width"] > 760:  # on a phone the bars give way
        assert boxes["bar"] == before["bar"]
    assert page.errors == []


@pytest.mark.slow
def test_what_is_chosen_while_a_run_waits_holds_when_it_begins(
    long: ViewedPage, browser: Browser
) -> None:
    page = ViewedPage(browser.new_page(), long.address).open("?dataset=digits")
    seed = page.setting("Data", "Seed")
    seed.fill("43")
    seed.press("Enter")
    page.wait_for_query(seed="43")
    page.button("Train").click()
    page.page.get_by_text("One other run is trained first, for about").wait_for()
    page.set("Strength λ", 12)
    chosen = page.strength
    page.wait_for_query(strength=repr(chosen))
    long.button("Stop").click()
    long.wait_for(state="finished")
    page.wait_for(state="finished")
    assert page.strength == chosen
    page.settle()
    assert page.query["strength"] == repr(chosen)
    assert page.errors == []
    page.page.close()
