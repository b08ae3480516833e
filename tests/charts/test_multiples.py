"""All strengths at once: each cell holds the curve or the boundary of its strength."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from l2viz.charts import charts_of
from tests import trajectories
from tests.charts.every_chart import KINDS, chart_of, figure, places


def lines_of(values: Any) -> list[np.ndarray]:
    """Return the lines between the gaps."""
    flat = np.asarray(values, dtype=float)
    return np.split(flat, np.flatnonzero(np.isnan(flat)))


def test_each_curve_is_in_the_cell_of_its_strength() -> None:
    run, chart = chart_of("curve", "multiples")
    assert run.grid_predictions is not None and run.context.train_points is not None
    members = len(run.strengths)
    columns = math.ceil(math.sqrt(1.7 * members))
    for place in places(run):
        traces = {trace.name: trace for trace in figure(run, chart, place).data}
        across, up = (lines_of(traces["fit"][axis]) for axis in "xy")
        assert len(across) == len(up) == members
        slopes = set()
        for member in range(members):
            x, y = (part[member][np.isfinite(part[member])] for part in (across, up))
            column, row = member % columns, member // columns
            assert column < x.min() < x.max() < column + 1
            assert -row <= y.min() <= y.max() < -row + 1
            shown = run.grid_predictions[member, place.e]
            inside = (y > y.min() + 1e-9) & (y < y.max() - 1e-9)  # the rest may be cut off
            if inside.sum() > 2:
                slope, _ = np.polyfit(shown[inside], y[inside], 1)
                slopes.add(round(float(slope), 4))
        assert len(slopes) == 1, "one scale for all"
        np.testing.assert_array_equal(traces["fit at λ"].x, across[place.k][-len(shown) :])
        frame = np.asarray(traces["chosen λ"].x)
        assert math.floor(frame.min()) == place.k % columns


def test_each_boundary_is_in_the_cell_of_its_strength() -> None:
    run, chart = chart_of("plane", "multiples")
    assert run.boundary is not None
    columns = math.ceil(math.sqrt(1.7 * len(run.strengths)))
    for place in places(run):
        pictures = [each for each in figure(run, chart, place).data if each.type == "heatmap"]
        assert len(pictures) == len(run.strengths)
        for member, picture in enumerate(pictures):
            np.testing.assert_array_equal(picture.z, run.boundary[member, place.e])
            assert math.floor(picture.x0) == member % columns
            assert math.floor(picture.y0) == -(member // columns)


def test_the_target_of_each_cell_is_its_strength() -> None:
    run, chart = chart_of("curve", "multiples")
    (target,) = (trace for trace in chart.drawing(run).traces if trace["name"] == "choose")
    assert target["meta"] == {"chooses": "strength"}
    assert len(target["text"]) == len(run.strengths)


@pytest.mark.parametrize(
    ("kind", "there"),
    [("curve", True), ("plane", True), ("digits", False), ("linear", False), ("alone", False)],
)
def test_there_are_some_where_each_strength_has_a_picture(kind: str, there: bool) -> None:
    assert ("multiples" in {chart.name for chart in charts_of(KINDS[kind])}) == there
    assert "multiples" not in {c.name for c in charts_of(trajectories.plane(strengths=(0.0,)))}
