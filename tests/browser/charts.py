"""What a page draws, against the same chart as Python defines it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from l2viz.charts import charts_of
from l2viz.trajectory import Trajectory
from tests.browser.page import ViewedPage

WIRE = 3e-7  # relative: numbers are sent as float32


def one_of_each_sort(trajectory: Trajectory) -> list[str]:
    """Return one chart of each kind: of those that differ only by their layer, the first."""
    names = [chart.name for chart in charts_of(trajectory)]
    sorts = {name.partition("_dense")[0]: name for name in reversed(names)}
    return [name for name in names if name in sorts.values()]


def stages(trajectory: Trajectory) -> list[list[str]]:
    """Split charts into as few stages as possible, without two of the same slot on a stage."""
    slots = {chart.name: chart.slot for chart in charts_of(trajectory)}
    left = one_of_each_sort(trajectory)
    found = []
    while left:
        stage: dict[str, str] = {}
        for name in left:
            if len(stage) < 6:
                stage.setdefault(slots[name], name)
        found.append(list(stage.values()))
        left = [name for name in left if name not in stage.values()]
    return found


def drawn_by_python(figure: go.Figure) -> list[dict[str, Any]]:
    """Return the traces of a figure that the stage draws: none of strengths that are not pinned."""
    lines = [trace for trace in figure.data if trace.type != "heatmap"]  # that is on a canvas
    traces = [{"name": t.name, "x": np.asarray(t.x), "y": np.asarray(t.y)} for t in lines]
    return [trace for trace in traces if trace["x"].size and trace["y"].size]


def assert_charts_stand_at(
    page: ViewedPage,
    trajectory: Trajectory,
    strength: float,
    epoch: int,
    *,
    count: int = 6,
    **pins: float,
) -> None:
    """Assert that all `count` charts on the page have the data of their definition in Python."""
    shown = page.figures
    charts = {chart.name: chart for chart in charts_of(trajectory)}
    assert len(shown) == count
    for name, traces in shown.items():
        if traces is None:
            continue  # painted on a canvas; compared below
        expected = drawn_by_python(charts[name].at(trajectory, strength, epoch, **pins))
        assert [trace["name"] for trace in traces] == [trace["name"] for trace in expected], name
        for trace, wanted in zip(traces, expected, strict=True):
            for axis in ("x", "y"):
                np.testing.assert_allclose(
                    np.array(trace[axis], float),
                    np.array(wanted[axis], float),
                    rtol=WIRE,
                    atol=1e-12,
                    err_msg=f"{name}, {trace['name']}, {axis}",
                )
