"""axe-core finds nothing serious on the page, and nothing moves unless requested."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from l2viz.experiment.strength_grid import strength_text
from tests.browser.axe import assert_clean_with_what_keys_open, serious
from tests.browser.conftest import PROJECTOR
from tests.browser.page import ViewedPage
from tests.cases import others_slow

Viewer = Callable[..., ViewedPage]


@pytest.mark.parametrize("theme", others_slow(["light", "dark"], quick=["light"]))
def test_axe_finds_nothing_serious(viewer: Viewer, browser: Browser, theme: str) -> None:
    with browser.new_context(viewport=PROJECTOR, color_scheme=theme) as context:
        page = viewer("?dataset=digits&a=0.0", context=context)
        page.wait_for(charts=6)
        assert page.data["theme"] == theme
        assert_clean_with_what_keys_open(page)
        page.button("Save this chart: Accuracy").click()
        page.page.get_by_role("dialog", name="Save as").wait_for()
        assert serious(page) == []
        page.page.keyboard.press("Escape")
        page.button("Enlarge Accuracy").click()
        page.wait_for(charts=1)
        assert serious(page) == []
        page.page.keyboard.press("Escape")
        page.wait_for(charts=6)
        page.focus_nothing()
        page.page.keyboard.press("p")
        page.wait_for(charts=2)
        page.page.wait_for_selector("[data-testid=stSidebar]", state="hidden")
        assert serious(page) == []


_NAMES = """
() => [...document.querySelectorAll("[data-l2viz-stage] :is(button, input, select)")]
  .filter(control => control.checkVisibility())
  .map(control => control.ariaLabel || control.labels?.[0]?.innerText || control.innerText
    || control.title)
"""


def test_each_control_has_a_name_of_its_own(curve: ViewedPage) -> None:
    curve.button("pin A").click()
    curve.settle()
    names = curve.page.evaluate(_NAMES)
    assert len(names) > 20
    assert all(name.strip() for name in names)
    assert len(set(names)) == len(names), sorted(names)


def test_charts_say_what_they_show_and_which_control_does_the_same(curve: ViewedPage) -> None:
    labels = curve.page.locator(".l2viz-plot").evaluate_all(
        "plots => plots.map(plot => [plot.role, plot.ariaLabel])"
    )
    assert {role for role, _ in labels} == {"img"}
    (norms,) = [label for _, label in labels if label.startswith("Norms and validation.")]
    assert norms.endswith("A click chooses a strength, as the slider Strength λ does.")
    (error,) = [label for _, label in labels if label.startswith("Error.")]
    assert error.endswith("A click chooses an epoch, as the slider Epoch does.")


def test_sliders_speak_their_place(curve: ViewedPage) -> None:
    curve.set("Strength λ", 3)
    curve.set("Epoch", 2)
    curve.wait_for(epoch=50)
    for name in ("Strength λ", "Epoch"):
        spoken = curve.slider(name).get_attribute("aria-valuetext")
        assert spoken == f"λ = {strength_text(curve.strength)}, epoch 50 of 2000"


_EPOCHS_SEEN = """
() => {
  window.epochsSeen = [];
  const look = () => {
    const { epoch } = document.querySelector("[data-l2viz-stage]")?.dataset ?? {};
    if (epoch !== undefined) window.epochsSeen.push(Number(epoch));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


@pytest.mark.slow
def test_without_motion_a_run_shows_its_end(viewer: Viewer, browser: Browser) -> None:
    with browser.new_context(viewport=PROJECTOR, reduced_motion="reduce") as context:
        context.add_init_script(f"({_EPOCHS_SEEN})()")
        page = viewer("?dataset=curve&epochs=1000&record_every=2&seed=77", context=context)
        page.wait_for(epoch=1000)
        assert set(page.page.evaluate("window.epochsSeen")) <= {0, 1000}
        page.page.keyboard.press("Home")  # requested motion
        page.page.wait_for_function("window.epochsSeen.some(epoch => epoch > 0 && epoch < 1000)")
