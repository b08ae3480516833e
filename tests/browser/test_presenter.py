"""In front of a class: large type, two charts, a hidden result, and the list of keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from l2viz.lesson import read_lesson
from tests.browser.page import ViewedPage
from tests.browser.test_layout import measured
from tests.cases import rest_slow

Viewer = Callable[..., ViewedPage]


def test_presenter_mode_by_key_and_by_address(viewer: Viewer, browser: Browser) -> None:
    page = viewer("?dataset=digits&strength=0.01")
    page.wait_for(charts=6)
    shown = page.strength
    page.page.keyboard.press("p")
    page.wait_for(charts=2, strength=shown)
    page.wait_for_query(presenter="yes")
    page.page.wait_for_selector("[data-testid=stSidebar]", state="hidden")
    boxes = measured(page)
    assert boxes["overflow"] == [[0, 0], [0, 0]]
    for box in boxes["parts"]:
        assert 0 <= box["left"] < box["right"] <= 1280, box
        assert 0 <= box["top"] < box["bottom"] <= 720, box
    sizes = page.page.eval_on_selector_all(
        ".l2viz-panel .xtick text", "texts => texts.map(text => parseFloat(text.style.fontSize))"
    )
    assert min(sizes) >= 16
    with browser.new_context(viewport={"width": 1280, "height": 720}) as elsewhere:
        other = viewer(page.page.url.removeprefix(page.address), context=elsewhere)
        other.wait_for(charts=2, strength=shown)
        other.page.keyboard.press("p")
        other.wait_for(charts=6)
        other.wait_for_query(presenter=None)
        other.page.get_by_role("tab", name="Data").wait_for()  # the settings are unchanged


def test_what_comes_out_is_hidden_until_a_key(curve: ViewedPage) -> None:
    page = curve.page
    outcome = page.locator(".l2viz-panel .l2viz-plot")
    verdict = page.locator(".l2viz-notice")
    page.keyboard.press("h")
    assert [plot.is_visible() for plot in outcome.all()] == [False] * 6
    assert not verdict.is_visible()
    curve.set("Strength λ", 4)
    page.keyboard.press("h")
    assert all(plot.is_visible() for plot in outcome.all())
    assert verdict.is_visible()


def test_one_key_resets(curve: ViewedPage) -> None:
    page = curve.page
    curve.set("Strength λ", 9)
    curve.button("pin A").click()
    curve.set("Epoch", 3)
    curve.focus_nothing()
    page.keyboard.press("h")
    page.keyboard.press("0")
    curve.wait_for(strength=0.0, epoch=2000)
    curve.wait_for_query(a=None, strength=None, at_epoch=None)
    assert page.locator(".l2viz-notice").is_visible()
    assert curve.button("pin A").is_visible()


def test_the_list_of_keys_opens_by_its_key_and_says_what_they_do(curve: ViewedPage) -> None:
    page = curve.page
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    keys.wait_for()
    listed = dict(
        zip(
            keys.locator("dt").all_text_contents(),
            keys.locator("dd").all_text_contents(),
            strict=True,
        )
    )
    assert listed["space"] == "play or pause; train, when settings were changed"
    assert listed["→Page ↓"] == "stronger"
    page.keyboard.press("Escape")
    keys.wait_for(state="hidden")
    curve.set("Epoch", 3)
    curve.focus_nothing()
    page.keyboard.press("s")
    curve.wait_for(epoch=100)
    page.keyboard.press("b")
    best = curve.strength
    page.keyboard.press("ArrowLeft")
    curve.button("best").click()
    curve.wait_for(strength=best)


@pytest.mark.slow
def test_space_trains_when_settings_were_changed(viewer: Viewer) -> None:
    page = viewer("?dataset=curve&epochs=40&seed=31")
    page.wait_for(epoch=40)
    seed = page.setting("Data", "Seed")
    seed.fill("32")
    seed.press("Enter")
    page.wait_for(stale="true")
    page.focus_nothing()
    page.page.keyboard.press("Space")
    page.wait_for(state="finished", stale="false", epoch=40)
    assert len(set(page.run_ids)) == 2


@pytest.mark.parametrize(
    "query", rest_slow(["?dataset=curve&presenter=yes", "?story=network&presenter=yes"], first=1)
)
def test_the_tour_begins_from_presenter_mode_by_its_key(viewer: Viewer, query: str) -> None:
    page = viewer(query)
    page.wait_for(presenter="true", charts=2)
    offstage = page.page.locator(".st-key-offstage")
    seen = "element => getComputedStyle(element).clipPath !== 'inset(50%)'"
    assert not offstage.evaluate(seen)
    page.page.get_by_role("button", name="Guided tour").focus()
    assert offstage.evaluate(seen), "while it has the focus"
    page.focus_nothing()
    page.page.keyboard.press("n")
    page.wait_for_query(scene=read_lesson().tour[0].key, presenter="yes")
    page.wait_for(presenter="true", covered="true", epoch=0)
