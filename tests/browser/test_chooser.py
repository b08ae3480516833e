"""The charts on the stage: chosen by mouse, by key, by address; six at most."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser

from l2viz.charts import charts_of
from l2viz.trajectory import Trajectory
from tests.browser.charts import assert_charts_stand_at
from tests.browser.page import ViewedPage

Viewer = Callable[..., ViewedPage]
USUAL = ["fitted_curve", "histogram_dense_2", "norms", "loss_ledger", "error", "penalty"]


def wait_for_charts(page: ViewedPage, *names: str) -> None:
    """Wait until exactly these charts are on the stage, in this order, and painted."""
    page.page.wait_for_function(
        """names => {
             const panels = [...document.querySelectorAll(".l2viz-panel")];
             const { charts } = document.querySelector("[data-l2viz-stage]").dataset;
             return panels.map(panel => panel.dataset.chart).join() === names
               && Number(charts) === panels.length;
           }""",
        arg=",".join(names),
    )


def test_charts_come_and_go_by_digit(curve: ViewedPage, recorded: dict[str, Trajectory]) -> None:
    trajectory = recorded["curve"]
    last = int(trajectory.epochs[-1])
    page = curve
    for key, left in (("2", USUAL[:1] + USUAL[2:]), ("5", [*USUAL[:1], *USUAL[2:4], USUAL[5]])):
        page.page.keyboard.press(key)
        wait_for_charts(page, *left)
        page.wait_for_query(charts=",".join(left))
    strength = float(trajectory.strengths[9])
    page.set("Strength λ", 9)
    page.wait_for(strength=strength)
    assert_charts_stand_at(page, trajectory, strength, last, count=4)
    page.page.keyboard.press("2")  # back, at the end
    now = [USUAL[0], *USUAL[2:4], USUAL[5], USUAL[1]]
    wait_for_charts(page, *now)
    assert_charts_stand_at(page, trajectory, strength, last, count=5)
    for key in "13462":
        page.page.keyboard.press(key)
    wait_for_charts(page, USUAL[1])  # the last one stays
    page.page.keyboard.press("2")
    wait_for_charts(page, USUAL[1])
    page.wait_for_query(charts=USUAL[1])


def test_the_chooser_lists_every_chart_and_is_used_by_keyboard(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    page = curve.page
    page.keyboard.press("c")
    chooser = page.get_by_role("dialog", name="Charts on the stage")
    chooser.wait_for()
    slots = {chart.slot: chart for chart in reversed(charts_of(recorded["curve"]))}
    boxes = chooser.get_by_role("checkbox")
    labels = [label.strip() for label in chooser.locator("label span").all_text_contents()]
    assert sorted(labels) == sorted(chart.title for chart in slots.values())
    groups = set(chooser.locator("legend").all_text_contents())
    assert groups == {chart.group for chart in slots.values()}
    assert boxes.evaluate_all("boxes => boxes.filter(box => box.checked).length") == 6
    for _ in labels:  # through the list, and back to its start
        page.keyboard.press("ArrowDown")
    assert boxes.first.evaluate("box => box === document.activeElement")
    about = {chart.title: f"{chart.about} {chart.editing}".rstrip() for chart in slots.values()}
    for label in labels[:1]:
        assert chooser.locator(".l2viz-chooser-about").text_content() == about[label]
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    curve.wait_for(charts=5)
    title = page.evaluate(
        "document.activeElement.closest('label').querySelector('span').textContent"
    )
    name = next(chart.slot for chart in slots.values() if chart.title == title)
    assert page.locator(f'.l2viz-panel[data-chart^="{name}"]').count() == 0
    page.keyboard.press("Escape")
    chooser.wait_for(state="hidden")
    page.wait_for_function("document.activeElement === document.body")  # as before
    curve.button("Charts").click()
    curve.button("usual ones").click()
    wait_for_charts(curve, *USUAL)
    curve.wait_for_query(charts=None)
    page.keyboard.press("Escape")


def test_an_address_brings_its_charts_and_unknown_ones_are_named(
    viewer: Viewer, browser: Browser
) -> None:
    page = viewer("?dataset=curve&seed=7&charts=penalty,histogram_dense_3,nothing,norms,nowhere")
    wait_for_charts(page, "penalty", "histogram_dense_3", "norms")
    warning = page.page.get_by_test_id("stAlert")
    warning.wait_for()
    assert warning.inner_text().splitlines()[-1] == (
        "Ignored in the address, as it could not be read: nothing, nowhere."
    )
    page.wait_for_query(charts="penalty,histogram_dense_3,norms")
    layers = page.page.get_by_label("Weights: which")
    layers.select_option("histogram_dense_1")
    wait_for_charts(page, "penalty", "histogram_dense_1", "norms")
    page.wait_for_query(charts="penalty,histogram_dense_1,norms")

    page.choose_lesson("Digits, wrong labels")  # a lesson opens with its own charts
    page.wait_for_query(dataset="digits", charts=None)
    page.wait_for(state="finished", stale="false", epoch=80, strength=0.0)
    usual = ("unit_pictures", "histogram_dense_1", "norms", "loss_ledger", "accuracy", "penalty")
    wait_for_charts(page, *usual)
