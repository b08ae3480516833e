"""The lesson in a browser: used by keyboard only, and readable on a phone and from afar."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from l2viz.lesson import Scene, read_lesson
from tests.browser.page import ViewedPage
from tests.browser.server import Server
from tests.browser.test_layout import PHONE, measured
from tests.cases import others_slow, rest_slow

Viewer = Callable[..., ViewedPage]
LESSON = read_lesson()

_TEXT = """
() => [...document.querySelectorAll(".st-key-scene :is(h4, p)")]
  .filter(element => element.innerText.trim() && element.offsetWidth)
  .map(element => {
    const { left, right } = element.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(element).fontSize);
    return { text: element.innerText, left, right, size };
  })
"""
_CUT_NUMBERS = """
() => [...document.querySelectorAll(".l2viz-readouts :is(th, td)")]
  .filter(element => element.scrollWidth > element.clientWidth + 1)
  .map(element => element.textContent)
"""
_BOTTOM_OF_CHARTS = """
() => document.querySelector(".l2viz-panels").getBoundingClientRect().bottom
"""

# Moves the stage's slider and presses a button just before that move is sent to Python, or at the
# same time if timers are late; returns when messages are sent, in milliseconds after the press.
_PRESS_AFTER_A_MOVE = """
([slider, button]) => new Promise(resolve => {
  const send = WebSocket.prototype.send;
  const sent = [];
  let pressed = null;
  WebSocket.prototype.send = function (message) {
    if (pressed !== null) sent.push(performance.now() - pressed);
    if (sent.length === 2) {
      WebSocket.prototype.send = send;
      resolve(sent);
    }
    return send.call(this, message);
  };
  slider.value = 0;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => {
    pressed = performance.now();
    button.click();
  }, 235);
})
"""


def wait_for_scene(page: ViewedPage, scene: Scene) -> None:
    """Wait until the scene is shown: title, charts, position, and a hidden result."""
    page.page.get_by_role("heading", name=scene.title, exact=True).wait_for(timeout=60_000)
    page.wait_for(timeout=180_000, state="finished", covered="true")
    page.wait_for_query(scene=scene.key)
    strengths = scene.experiment.strengths
    nearest = min(strengths, key=lambda strength: abs(strength - scene.view.strength))
    epoch = scene.experiment.epochs if scene.view.epoch is None else scene.view.epoch
    page.wait_for(strength=nearest, epoch=epoch, charts=len(scene.view.charts or ()) or 6)


def press_by_tab(page: ViewedPage, text: str) -> None:
    """Press Tab until this control has the focus, then activate it."""
    for _ in range(60):
        page.page.keyboard.press("Tab")
        if page.page.evaluate("document.activeElement?.innerText?.trim()") == text:
            page.page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key leads to {text!r}")


def walk(page: ViewedPage, scenes: tuple[Scene, ...]) -> None:
    for scene in scenes:
        page.page.keyboard.press("n")
        wait_for_scene(page, scene)
        assert scene.question is not None
        why = page.page.get_by_text(max(scene.question.why.split("`"), key=len).strip())
        assert why.count() == 0
        press_by_tab(page, scene.question.choices[scene.question.answer])
        why.wait_for()
        page.wait_for(covered="false")
        page.focus_nothing()


@pytest.mark.slow
def test_the_tour_by_keyboard_alone(viewer: Viewer) -> None:
    page = viewer()
    walk(page, LESSON.tour)
    page.page.keyboard.press("Shift+N")
    before = LESSON.tour[-2]
    page.page.get_by_role("heading", name=before.title, exact=True).wait_for()
    page.wait_for_query(scene=before.key)
    page.page.keyboard.press("l")  # the scene's settings stay
    page.page.get_by_role("tab", name="Data").wait_for()
    page.wait_for_query(scene=None, dataset=before.experiment.dataset)
    page.wait_for(strength=before.view.strength, stale="false")


def test_a_report_while_a_scene_loads_does_not_take_over_the_view_before_it(
    viewer: Viewer,
) -> None:
    """Until the scene's run has come, the stage still shows another run at another strength."""
    page = viewer("?dataset=moons&strength=0.01")
    scene = LESSON.scenes[0]
    assert scene.view.strength == 0.0
    held: list[Route] = []

    def hold(route: Route) -> None:  # Playwright does not take a list's own method
        held.append(route)

    page.page.route("**/runs/**", hold)
    with page.page.expect_request("**/runs/**"):
        page.page.keyboard.press("n")
    page.page.keyboard.press("p")
    page.wait_for_query(scene=scene.key, presenter="yes")
    assert page.query.get("strength") in (None, "0.0")
    for route in held:
        route.continue_()
    page.page.unroute("**/runs/**")
    page.wait_for(strength=scene.view.strength, charts=2)


def test_a_press_is_not_followed_at_once_by_news_of_the_view(viewer: Viewer) -> None:
    """A message right after a press must not stop the script's run that handles the press."""
    first, second = LESSON.tour[:2]
    page = viewer(f"?scene={first.key}")
    wait_for_scene(page, first)
    slider = page.slider("Strength λ").element_handle()
    button = page.page.get_by_role("button", name="Next").element_handle()
    _, news = page.page.evaluate(_PRESS_AFTER_A_MOVE, [slider, button])
    assert news > 200
    wait_for_scene(page, second)


@pytest.mark.slow
def test_the_stage_stays_and_fits_while_the_page_changes_around_it(viewer: Viewer) -> None:
    """If it were mounted again, it would have to draw all charts again."""
    page = viewer("?dataset=digits&strength=0.01")
    page.wait_for(charts=6)
    page.page.evaluate("document.querySelector('[data-l2viz-stage]').first = true")
    tab = page.page.get_by_role("tab", name="Data")
    presenting, not_presenting = {"presenter": "yes"}, {"presenter": None}
    for key, query, lab in (
        ("p", presenting, False),
        ("p", not_presenting, True),
        ("n", {"scene": LESSON.tour[0].key}, False),
        ("p", presenting, False),
        ("p", not_presenting, False),
        ("l", {"scene": None}, True),
    ):
        page.page.keyboard.press(key)
        page.wait_for_query(**query)
        tab.wait_for(state="visible" if lab else "hidden")
        boxes = measured(page)
        assert page.page.evaluate("document.querySelector('[data-l2viz-stage]').first"), key
        assert boxes["overflow"] == [[0, 0], [0, 0]], key


def test_every_scene_opens_at_once_by_keyboard_alone(viewer: Viewer, server: Server) -> None:
    """Nothing is trained for it, and a run that plays does not lend it its epoch."""
    page = viewer()
    trained = trained_runs(server)
    for scene in LESSON.scenes:
        page.page.keyboard.press("Home")  # plays from the start
        page.page.keyboard.press("n")
        wait_for_scene(page, scene)
        assert trained_runs(server) == trained


def trained_runs(server: Server) -> list[str]:
    """Return the runs that train or wait."""
    status = json.load(urllib.request.urlopen(f"{server.address}l2viz/status.json"))
    return [*status["training"], *status["waiting"]]


@pytest.mark.parametrize("scene", rest_slow(LESSON.tour, first=2), ids=lambda scene: scene.key)
def test_the_address_of_a_step_opens_it(viewer: Viewer, scene: Scene) -> None:
    wait_for_scene(viewer(f"?scene={scene.key}"), scene)


@pytest.mark.parametrize(
    "scene", others_slow(LESSON.claims, quick=LESSON.claims[:2]), ids=lambda scene: scene.key
)
def test_the_address_of_a_claim_opens_it(viewer: Viewer, scene: Scene) -> None:
    wait_for_scene(viewer(f"?scene={scene.key}", state="finished"), scene)


def read(page: ViewedPage, smallest: float) -> None:
    """Assert that nothing is cut off, and no text is smaller than this many pixels."""
    words: list[dict[str, Any]] = page.page.evaluate(_TEXT)
    assert len(words) >= 6
    width = page.page.evaluate("innerWidth")
    for word in words:
        assert 0 <= word["left"] < word["right"] <= width, word
        assert word["size"] >= smallest, word
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("key", others_slow(["add", "tuning"], quick=["tuning"]))
def test_a_scene_is_readable_on_a_phone_and_from_the_last_row(
    viewer: Viewer, browser: Browser, key: str
) -> None:
    scene = LESSON.scene(key)
    assert scene.question is not None
    for size, query, smallest in ((PHONE, "", 14.0), (None, "&presenter=yes", 18.0)):
        with browser.new_context(viewport=size or {"width": 1280, "height": 720}) as context:
            page = viewer(f"?scene={key}{query}", context=context)
            page.wait_for(covered="true")
            read(page, smallest)
            page.page.get_by_role("button", name=scene.question.choices[0], exact=True).click()
            page.wait_for(covered="false")
            read(page, smallest)
            assert page.page.evaluate(_CUT_NUMBERS) == []
            if size is None:  # all on one screen
                page.settle()
                bottom = page.page.evaluate(_BOTTOM_OF_CHARTS)
                assert bottom <= 720
