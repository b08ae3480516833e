"""Two pinned strengths beside the chosen one, the best strength, and the layers' weights."""

from __future__ import annotations

from collections.abc import Callable

from l2viz.charts import charts_of
from l2viz.trajectory import Trajectory
from tests.browser.charts import assert_charts_stand_at
from tests.browser.page import ViewedPage

Viewer = Callable[..., ViewedPage]


def pin_names(page: ViewedPage) -> list[str]:
    """Return the traces of pinned strengths in all charts."""
    return [
        trace["name"]
        for traces in page.figures.values()
        for trace in traces or ()
        if trace["name"].startswith(("A", "B"))
    ]


def test_pins_appear_in_charts_and_numbers_and_vanish(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    trajectory = recorded["curve"]
    strengths = [float(strength) for strength in trajectory.strengths]
    last = int(trajectory.epochs[-1])
    page = curve
    plain = page.figures
    assert (pin_names(page), len(page.readouts())) == ([], 1)

    page.button("pin A").click()
    page.set("Strength λ", 15)
    page.wait_for(strength=strengths[15])
    page.button("pin B").click()
    page.page.locator(".l2viz-pin-b[aria-pressed=true]").wait_for()
    page.set("Strength λ", 8)
    page.wait_for(strength=strengths[8])
    assert_charts_stand_at(page, trajectory, strengths[8], last, a=0.0, b=strengths[15])
    chosen, a, b = page.readouts()
    assert (a[0], b[0]) == ("A: 0", f"B: {chosen_text(page, 15)}")
    assert chosen[0] == chosen_text(page, 8)
    page.wait_for_query(a="0.0", b=f"{strengths[15]!r}", strength=f"{strengths[8]!r}")

    page.page.locator(".l2viz-pin-a").click()
    page.page.locator(".l2viz-pin-a[aria-pressed=false]").wait_for()
    page.page.locator(".l2viz-pin-b").click()
    page.page.locator(".l2viz-pin-b[aria-pressed=false]").wait_for()
    page.set("Strength λ", 0)
    page.wait_for(strength=0.0)
    assert page.figures == plain
    assert (pin_names(page), len(page.readouts())) == ([], 1)
    page.wait_for_query(a=None, b=None, strength=None)


def chosen_text(page: ViewedPage, member: int) -> str:
    """Return the page's text for a strength, from its slider."""
    slider = page.slider("Strength λ")
    now = slider.input_value()
    page.set("Strength λ", member)
    text = page.page.locator(".l2viz-lambda").text_content() or ""
    page.set("Strength λ", int(now))
    return text.removeprefix("= ")


def test_best_goes_to_the_strength_that_validation_chooses(
    viewer: Viewer, recorded: dict[str, Trajectory]
) -> None:
    trajectory = recorded["digits-wrong-labels"]
    page = viewer("?dataset=digits")
    page.button("best").click()
    best = int(trajectory.val_accuracy[:, -1].argmax())
    page.wait_for(strength=float(trajectory.strengths[best]))
    accuracy = 100 * float(trajectory.val_accuracy[best, -1])
    headings = page.page.locator(".l2viz-readouts th").all_text_contents()
    shown = dict(zip(headings, page.readouts()[0], strict=True))
    assert shown["validation accuracy"] == f"{accuracy:.1f} %"


def test_the_layer_is_chosen_above_the_weights(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    page = curve
    layers = page.page.locator('[data-chart^="histogram"] select')
    names = [c.name for c in charts_of(recorded["curve"]) if c.name.startswith("histogram")]
    assert len(names) == 3
    for name in [*names[1:], *names[:1]]:  # ends with the one shown first
        before = page.frame
        layers.select_option(name)
        page.wait_for_frame(before)
        page.page.wait_for_selector(f'[data-chart="{name}"] .scatterlayer .trace')
        assert_charts_stand_at(page, recorded["curve"], 0.0, int(recorded["curve"].epochs[-1]))
