"""Axes: the last epoch is on them, and they hold what happens in real runs."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.charts import charts_of
from l2viz.charts.core.arrays import EMPTY_BIN, floored
from l2viz.charts.core.axes import epoch_ticks, floored_axis, score_axis_of_strengths
from l2viz.charts.core.binding import Position, resolve
from l2viz.charts.core.chart import Chart, bound_arrays
from l2viz.lesson import FILES
from l2viz.trajectory import Trajectory
from tests import trajectories


@given(last=st.integers(1, 10_000))
def test_the_last_epoch_is_on_the_axis_and_no_tick_is_near_it(last: int) -> None:
    ticks = epoch_ticks(last)
    assert ticks[0] == 0
    assert ticks[-1] == last
    assert 2 <= len(ticks) <= 8
    between = np.diff(ticks)
    assert (between[:-1] == between[0]).all()
    assert between[-1] > 0.6 * between[0]


@pytest.mark.parametrize(
    ("last", "expected"),
    [(600, [0, 100, 200, 300, 400, 500, 600]), (45, [0, 10, 20, 30, 45]), (3, [0, 1, 2, 3])],
)
def test_epoch_ticks(last: int, expected: list[int]) -> None:
    assert epoch_ticks(last) == expected


def test_values_below_a_floor_are_drawn_on_it_and_zero_is_not_drawn() -> None:
    values = np.array([0.0, 1e-9, 1e-3, 2.0, np.nan], dtype=np.float32)
    raised = floored(values, 1e-6)
    assert raised.dtype == np.float32
    np.testing.assert_array_equal(raised, np.array([0.0, 1e-6, 1e-3, 2.0, np.nan], np.float32))
    axis = floored_axis("norm", 1e-6, 0.5)
    assert axis["range"][0] < -6.0
    assert axis["ticktext"][:4] == ["≤ 10<sup>-6</sup>", "10<sup>-4</sup>", "10<sup>-2</sup>", "1"]


@given(start=st.floats(0.0, 1.0), best=st.floats(0.0, 1.0), worst=st.floats(0.0, 1.0))
def test_a_gain_in_accuracy_is_not_a_flat_line_and_the_axis_begins_at_a_tick(
    start: float, best: float, worst: float
) -> None:
    start, best = sorted((start, best))
    run = trajectories.digits(strengths=(0.0, 1e-3, 1.0), hidden=(), epochs=1)
    values = np.repeat([[start], [best], [min(worst, best)]], 2, axis=1)
    axis = score_axis_of_strengths(run, values)
    bottom, top = axis["range"]
    assert axis["title"]["text"] == "accuracy"
    assert bottom / axis["dtick"] == pytest.approx(round(bottom / axis["dtick"])), "at a tick"
    assert bottom <= start < best + 0.02 < top + 0.011
    assert best - bottom <= max(2.0 * (best - start), 0.2) + 0.15 + 0.22 + 1e-9
    assert worst >= bottom or worst < min(2 * start - best, best - 0.2) - 0.1


# ---- what happens in the recorded lessons

CUT_OFF = (
    "counts_",
    "multiples",
    "strip",
    "geometry_",
)  # a tall bin, a curve, or a contour is cut off


def lines_beyond(chart: Chart, run: Trajectory) -> set[tuple[str, float]]:
    """Return name and value of each point that lies beyond its axis, late in the run."""
    drawing = chart.drawing(run)
    arrays = bound_arrays(run, {chart: drawing})
    members, epochs = len(run.strengths), len(run.epochs)
    found = set()
    for member in range(0, members, 4):
        place = Position(strength=member, epoch=epochs - 1)
        for binding in drawing.bindings:
            trace = drawing.traces[binding.trace]
            letter = binding.attribute
            axis: dict[str, Any] = drawing.layout.get(_axis(trace, letter), {})
            if trace["type"] != "scatter" or letter not in "xy" or "range" not in axis:
                continue
            values = resolve(binding, arrays, place).astype(float)
            if binding.epoch == "until":
                values = values[epochs // 4 :]
            if axis.get("type") == "log":
                values = np.log10(values[values > 0.0])
            low, high = sorted(axis["range"])
            near = 1e-6 * (high - low)
            outside = (values < low - near) | (values > high + near)
            outside &= np.abs(values - np.log10(EMPTY_BIN)) > 1e-6
            found |= {(trace["name"], float(value)) for value in values[outside]}
    return found


def _axis(trace: dict[str, Any], letter: str) -> str:
    return f"{letter}axis{trace.get(f'{letter}axis', '')[1:]}"


RECORDINGS = ("curve", "digits-wrong-labels", "moons", "page-network", "shrinks")


@functools.cache
def recorded(name: str) -> Trajectory:
    return Trajectory.load(FILES / "recordings" / f"{name}.npz")


@pytest.mark.parametrize("name", RECORDINGS)
def test_no_line_of_a_recorded_lesson_ends_at_the_edge_of_its_axis(name: str) -> None:
    """But one of accuracies over strengths, whose axis may begin above 0."""
    run = recorded(name)
    checked = 0
    for chart in charts_of(run):
        if chart.name.startswith(CUT_OFF):
            continue
        beyond = lines_beyond(chart, run)
        for axis in _accuracies(chart, run):
            beyond = {(line, value) for line, value in beyond if not value < axis["range"][0]}
        assert beyond == set(), chart.name
        checked += 1
    assert checked > 15


def _accuracies(chart: Chart, run: Trajectory) -> list[dict[str, Any]]:
    """Return the axes of accuracies that begin above 0."""
    axes = [part for key, part in chart.drawing(run).layout.items() if key.startswith("yaxis")]
    named = [axis for axis in axes if axis.get("title", {}).get("text") == "accuracy"]
    return [axis for axis in named if axis["range"][0] > 0.0]
