"""A guess drawn over λ, what waits for it, and fields that cannot be trained."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator

from l2viz.experiment.strength_grid import strength_text
from l2viz.lesson import read_lesson
from l2viz.trajectory import Trajectory
from l2viz.ui.server.trainer_service import RECORDINGS
from tests.browser.axe import serious
from tests.browser.page import ViewedPage
from tests.browser.test_layout import PHONE
from tests.cases import others_slow

Viewer = Callable[..., ViewedPage]
SCENE = read_lesson().scene("evaluate")
PATH = Trajectory.load(RECORDINGS / "digits-wrong-labels.npz")
assert PATH.experiment == SCENE.experiment
SIZES = {
    "phone": PHONE,
    "1024": {"width": 1024, "height": 768},
    "projector": {"width": 1280, "height": 720},
}


def panel(page: ViewedPage) -> Locator:
    return page.page.locator(".l2viz-guess")


def opened(viewer: Viewer, **context: object) -> ViewedPage:
    page = viewer(f"?scene={SCENE.key}", **context)
    panel(page).wait_for()
    return page


def measured() -> str:
    assert PATH.val_accuracy is not None
    last = PATH.val_accuracy[:, -1]
    best = int(last.argmax())
    return f"Measured: λ = {strength_text(PATH.strengths[best])}, {100 * last[best]:.1f} %."


def drawn_points(page: ViewedPage, path: str) -> list[list[float]]:
    d = panel(page).locator(f".l2viz-guess-{path}").get_attribute("d") or ""
    pairs = d.replace("M", " ").replace("L", " ").replace(",", " ").split()
    return [[float(x), float(y)] for x, y in zip(pairs[::2], pairs[1::2], strict=True)]


def test_a_peak_is_guessed_by_keyboard_and_answered_by_the_run(viewer: Viewer) -> None:
    page = opened(viewer)
    axes = panel(page).get_by_role("slider")
    send = panel(page).get_by_role("button", name="This is my guess")
    assert send.is_disabled()
    axes.focus()
    for _ in range(3):
        page.page.keyboard.press("ArrowRight")
    member = int(axes.get_attribute("aria-valuenow") or -1)
    guess = strength_text(PATH.strengths[member])
    assert axes.get_attribute("aria-valuetext") == f"Your peak: λ = {guess}."
    page.page.keyboard.press("Enter")
    panel(page).get_by_text(f"Your peak: λ = {guess}. {measured()}").wait_for()
    points = drawn_points(page, "truth")
    assert PATH.val_accuracy is not None
    wanted = PATH.val_accuracy[:, -1]
    assert len(points) == len(wanted)
    for (_, y), share in zip(points, wanted, strict=True):
        assert y == pytest.approx(400 * (1 - share), abs=0.1)
    page.wait_for(covered="false")
    panel(page).get_by_role("button", name="Show the charts").click()
    panel(page).wait_for(state="detached")
    page.page.get_by_text(f"λ = {guess}, drawn").or_(
        page.page.get_by_text("as you said")
    ).first.wait_for()
    best = float(PATH.strengths[int(wanted.argmax())])
    page.wait_for(strength=best)  # the stage has played to the answer


def test_a_curve_is_drawn_by_the_pointer(viewer: Viewer) -> None:
    page = opened(viewer)
    box = panel(page).get_by_role("slider").bounding_box()
    assert box is not None
    mouse = page.page.mouse
    mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.8 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.1 * box["height"], steps=8)
    mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.7 * box["height"], steps=8)
    mouse.up()
    points = drawn_points(page, "drawn")
    top = min(points, key=lambda point: point[1])
    assert top[0] == pytest.approx(600, abs=60)
    assert top[1] == pytest.approx(40, abs=25)
    panel(page).get_by_role("button", name="This is my guess").click()
    panel(page).get_by_text(measured()).wait_for()


@pytest.mark.parametrize("theme", others_slow(["light", "dark"], quick=["dark"]))
@pytest.mark.parametrize("size", others_slow(SIZES, quick=["phone"]))
def test_the_panel_fits_and_can_be_read(
    viewer: Viewer, browser: Browser, size: str, theme: str
) -> None:
    with browser.new_context(viewport=SIZES[size], color_scheme=theme) as context:
        page = opened(viewer, context=context)
        box = panel(page).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= SIZES[size]["width"]
        assert box["height"] <= SIZES[size]["height"]
        assert serious(page) == []


def test_what_is_covered_cannot_be_saved(viewer: Viewer) -> None:
    page = viewer("?scene=train")
    page.wait_for(covered="true")
    assert SCENE.question is not None
    save = page.page.get_by_role("button", name="Save this chart")
    assert save.filter(visible=True).count() == 1  # of the open chart
    assert page.page.locator(".l2viz-save-stage").is_hidden()
    page.page.get_by_role("button", name="Show it without a guess").click()
    page.wait_for(covered="false")
    assert save.filter(visible=True).count() == 4
    page.page.locator(".l2viz-save-stage").wait_for()


def test_a_field_that_the_browser_refuses_is_named_and_nothing_is_trained(viewer: Viewer) -> None:
    page = viewer("?dataset=curve")
    field = page.setting("Training", "Epochs")
    field.fill("")
    field.press_sequentially("-5")
    page.page.wait_for_function(
        "document.querySelector('.l2viz-notice').textContent.startsWith('Epochs must be ')"
    )
    assert page.button("Train").or_(page.button("Retrain")).first.is_disabled()
    field.fill("100")
    field.press("Enter")
    page.page.wait_for_function(
        "!document.querySelector('.l2viz-notice').textContent.includes('must be')"
    )
    assert page.button("Train").is_enabled()
