"""The keyboard, and the playhead: each viewer's own position in time."""

from __future__ import annotations

import pytest

from l2viz.trajectory import Trajectory
from tests.browser.page import ViewedPage

# Records every epoch that is painted, with the time.
_WATCH = """
() => {
  const { dataset } = document.querySelector("[data-l2viz-stage]");
  window.painted = [];
  const look = () => {
    if (dataset.epoch !== window.painted.at(-1)?.epoch)
      window.painted.push({ epoch: dataset.epoch, at: performance.now() });
    window.watching = requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.fixture
def strengths(recorded: dict[str, Trajectory]) -> list[float]:
    return [float(strength) for strength in recorded["curve"].strengths]


@pytest.fixture
def epochs(recorded: dict[str, Trajectory]) -> list[int]:
    return [int(epoch) for epoch in recorded["curve"].epochs]


def test_arrows_and_a_presenters_clicker(
    curve: ViewedPage, strengths: list[float], epochs: list[int]
) -> None:
    curve.set("Strength λ", 2)
    presses = [
        ("ArrowRight", {"strength": strengths[3]}),
        ("PageDown", {"strength": strengths[4]}),
        ("PageUp", {"strength": strengths[3]}),
        ("ArrowLeft", {"strength": strengths[2]}),
        ("ArrowDown", {"epoch": epochs[-2]}),
        ("ArrowDown", {"epoch": epochs[-3]}),
        ("ArrowUp", {"epoch": epochs[-2]}),
    ]
    for key, shown in presses:
        curve.page.keyboard.press(key)
        curve.wait_for(**shown)


def test_at_the_first_epoch_lines_that_grow_are_dots(curve: ViewedPage, epochs: list[int]) -> None:
    chart = curve.page.locator('.l2viz-panel[data-chart="error"]')
    for position, dots in ((0, 3), (3, 0), (0, 3), (1, 0)):
        curve.set("Epoch", position)
        curve.wait_for(epoch=epochs[position])
        curve.settle()
        assert chart.locator(".scatterlayer .point").count() == dots
        assert chart.locator(".scatterlayer path.js-line").count() == (0 if dots else 3)


def test_keys_stop_at_the_ends(curve: ViewedPage, strengths: list[float]) -> None:
    curve.set("Strength λ", 2)
    curve.wait_for(strength=strengths[2])
    for _ in range(4):
        curve.page.keyboard.press("PageUp")
    curve.wait_for(strength=0.0)
    curve.page.keyboard.press("PageDown")
    curve.wait_for(strength=strengths[1])


def test_home_and_space(curve: ViewedPage, epochs: list[int]) -> None:
    page = curve.page
    page.get_by_label("Pace").select_option(label="slow motion")
    curve.focus_nothing()
    page.keyboard.press("Home")  # starts over and plays
    curve.wait_for(epoch=epochs[0])
    assert curve.button("Pause").is_visible()
    curve.wait_for(epoch=epochs[1])
    page.keyboard.press("Space")
    curve.button("Play").wait_for()
    rests_at = curve.epoch
    curve.set("Strength λ", 6)  # a frame later it is still there
    curve.wait_for_frame(curve.frame - 1)
    assert curve.epoch == rests_at
    page.keyboard.press("Space")
    curve.wait_for(epoch=epochs[epochs.index(rests_at) + 1])


def test_a_control_at_the_side_keeps_its_keys(curve: ViewedPage) -> None:
    shown = curve.data
    for tab, label in (("Model", "Hidden layers"), ("Training", "Epochs")):
        field = curve.setting(tab, label)
        field.focus()
        before = field.input_value()
        for key in ("ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home"):
            curve.page.keyboard.press(key)
        assert field.input_value() == before
    # a key on the page itself then does move it, which shows that the page handles keys
    curve.focus_nothing()
    curve.page.keyboard.press("PageDown")
    curve.wait_for_frame(int(shown["frame"]))
    assert int(curve.data["frame"]) == int(shown["frame"]) + 1
    assert curve.data["epoch"] == shown["epoch"]
    assert curve.slider("Strength λ").input_value() == "1"


def test_step_and_start_over_by_button(curve: ViewedPage, epochs: list[int]) -> None:
    curve.set("Epoch", 5)
    curve.wait_for(epoch=epochs[5])
    curve.button("Step").click()
    curve.wait_for(epoch=epochs[6])
    curve.button("Step").click()
    curve.wait_for(epoch=epochs[7])
    curve.page.get_by_label("Pace").select_option(label="slow motion")
    curve.button("Start over").click()
    curve.wait_for(epoch=epochs[1])
    curve.button("Pause").click()
    curve.button("Play").wait_for()


def test_the_playhead_keeps_its_pace(curve: ViewedPage, epochs: list[int]) -> None:
    """Every recorded epoch is painted, in order, at about the pace that was chosen."""
    spans = {}
    for pace, per_second in (("slow motion", 4), ("slow", 12)):
        curve.set("Epoch", 0)
        curve.page.get_by_label("Pace").select_option(label=pace)
        curve.wait_for(epoch=epochs[0])
        curve.page.evaluate(_WATCH)
        curve.button("Play").click()
        curve.wait_for(epoch=epochs[per_second])
        curve.button("Pause").click()
        curve.button("Play").wait_for()
        painted = curve.page.evaluate("cancelAnimationFrame(window.watching), window.painted")
        order = [int(each["epoch"]) for each in painted]
        assert order == sorted(set(order))
        last = order.index(epochs[per_second])
        spans[pace] = (painted[last]["at"] - painted[1]["at"]) / 1000
        if pace == "slow motion":
            assert order[: last + 1] == epochs[: per_second + 1]
        # 4 and 12 epochs take a second from the first move on, less the first step; a loaded
        # machine may be late, but never early
        assert spans[pace] > 0.7 * (per_second - 1) / per_second


def test_full_speed_plays_to_the_end(curve: ViewedPage, epochs: list[int]) -> None:
    curve.set("Epoch", 0)
    curve.wait_for(epoch=epochs[0])
    before = curve.frame
    curve.button("Play").click()
    curve.wait_for(epoch=epochs[-1])
    curve.button("Play").wait_for()
    assert curve.frame - before >= len(epochs) - 1  # no epoch was skipped
