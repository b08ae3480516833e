"""A chart is enlarged, and moved to another place: by mouse, by keyboard, by address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from l2viz.trajectory import Trajectory
from tests.browser.charts import assert_charts_stand_at
from tests.browser.page import ViewedPage
from tests.browser.test_chooser import USUAL, wait_for_charts

Viewer = Callable[..., ViewedPage]


def panel(page: ViewedPage, name: str) -> Locator:
    return page.page.locator(f'.l2viz-panel[data-chart="{name}"]')


def drag(page: ViewedPage, name: str, onto: str) -> None:
    """Drag the title of one chart onto another one; the button stays pressed."""
    panel(page, name).locator("h3").hover()
    page.page.mouse.down()
    box = panel(page, onto).bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    panel(page, onto).and_(page.page.locator("[data-aim]")).wait_for()


def test_a_chart_is_enlarged_and_all_come_back(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    page = curve
    before = panel(page, "norms").bounding_box()
    button = page.button("Enlarge Norms and validation")
    button.focus()
    page.page.keyboard.press("Enter")
    wait_for_charts(page, "norms")
    page.wait_for_query(large="norms", charts=None)
    after = panel(page, "norms").bounding_box()
    assert before and after
    assert after["width"] > 2.5 * before["width"]
    assert after["height"] > 1.8 * before["height"]
    trajectory = recorded["curve"]
    strength = float(trajectory.strengths[7])
    page.set("Strength λ", 7)
    page.wait_for(strength=strength)
    assert_charts_stand_at(page, trajectory, strength, int(trajectory.epochs[-1]), count=1)
    page.page.keyboard.press("Escape")
    wait_for_charts(page, *USUAL)
    page.wait_for_query(large=None)
    assert button.evaluate("button => button === document.activeElement")
    assert_charts_stand_at(page, trajectory, strength, int(trajectory.epochs[-1]))
    page.page.keyboard.press("f")  # with the focus in a chart, not the whole screen
    wait_for_charts(page, "norms")
    button.click()
    wait_for_charts(page, *USUAL)
    page.focus_nothing()


def test_escape_closes_a_list_before_it_shows_all_charts(curve: ViewedPage) -> None:
    curve.button("Enlarge Norms and validation").click()
    wait_for_charts(curve, "norms")
    curve.focus_nothing()
    curve.page.keyboard.press("?")
    keys = curve.page.get_by_role("dialog", name="Keys")
    keys.wait_for()
    curve.page.keyboard.press("Escape")
    keys.wait_for(state="hidden")
    wait_for_charts(curve, "norms")
    curve.page.keyboard.press("Escape")
    wait_for_charts(curve, *USUAL)


def test_a_chart_is_dragged_to_another_place(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    drag(curve, "norms", onto=USUAL[0])
    curve.page.keyboard.press("Escape")  # it stays where it is
    curve.page.mouse.up()
    wait_for_charts(curve, *USUAL)
    drag(curve, "norms", onto=USUAL[0])
    curve.page.mouse.up()
    moved = ["norms", *USUAL[:2], *USUAL[3:]]
    wait_for_charts(curve, *moved)
    curve.wait_for_query(charts=",".join(moved))
    trajectory = recorded["curve"]
    assert_charts_stand_at(curve, trajectory, 0.0, int(trajectory.epochs[-1]))


def test_a_chart_is_moved_by_keyboard_and_says_where_it_is(curve: ViewedPage) -> None:
    address = curve.page.url.partition("?")[0]
    button = curve.button("Enlarge Norms and validation")
    said = curve.page.locator(".l2viz-said[role=status]")
    button.focus()
    for key, place in (("ArrowRight", 4), ("ArrowDown", 5), ("ArrowLeft", 4), ("ArrowUp", 3)):
        curve.page.keyboard.press(f"Alt+{key}")
        order = [name for name in USUAL if name != "norms"]
        wait_for_charts(curve, *order[: place - 1], "norms", *order[place - 1 :])
        assert said.text_content() == f"Norms and validation: chart {place} of 6."
        assert button.evaluate("button => button === document.activeElement")
    curve.wait_for_query(charts=None)  # the usual order again
    assert curve.page.url.startswith(address)  # Alt and an arrow did not leave the page


def test_what_is_hidden_from_a_class_is_not_revealed(curve: ViewedPage) -> None:
    """All charts are covered: also when one is enlarged, or would be moved."""
    curve.page.keyboard.press("h")
    plot = panel(curve, "norms").locator(".l2viz-plot")
    first = panel(curve, USUAL[0]).locator(".l2viz-plot")
    assert not plot.is_visible()
    assert not first.is_visible()
    curve.button("Enlarge Norms and validation").press("Alt+ArrowLeft")
    curve.button("Enlarge Norms and validation").click()
    wait_for_charts(curve, "norms")
    assert not plot.is_visible()
    curve.page.keyboard.press("Escape")
    wait_for_charts(curve, *USUAL)
    curve.button("Enlarge Fitted curve").click()
    wait_for_charts(curve, USUAL[0])
    assert not first.is_visible()
    curve.page.keyboard.press("Escape")
    wait_for_charts(curve, *USUAL)
    curve.focus_nothing()
    curve.page.keyboard.press("h")
    assert plot.is_visible() and first.is_visible()


@pytest.mark.slow
def test_an_address_enlarges_a_chart_or_names_one_that_is_not_there(viewer: Viewer) -> None:
    page = viewer("?dataset=curve&seed=7&charts=penalty,norms&large=norms")
    wait_for_charts(page, "norms")
    page.page.keyboard.press("Escape")
    wait_for_charts(page, "penalty", "norms")
    page = viewer("?dataset=curve&seed=7&charts=penalty,norms&large=gap")
    wait_for_charts(page, "penalty", "norms")
    warning = page.page.get_by_test_id("stAlert")
    warning.wait_for()
    assert warning.inner_text().splitlines()[-1] == (
        "Ignored in the address, as it could not be read: gap."
    )
    page.wait_for_query(large=None)
