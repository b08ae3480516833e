"""The data of a chart at one position, as the table that the browser must save."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go

from l2viz.charts import Chart
from l2viz.trajectory import Trajectory

COLUMNS = ("strength", "epoch", "trace", "row", "column")
COLUMNS += ("x_name", "x", "y_name", "y", "z_name", "z")


def csv_text(
    chart: Chart,
    trajectory: Trajectory,
    strength: float,
    epoch: int,
    *,
    a: float | None = None,
    b: float | None = None,
) -> str:
    """Return every point that a chart draws, one in each line, in the columns COLUMNS.

    A point of a line has x and y; one of a picture has its row, its column, where it lies if it
    has axes, and z. Numbers are in the units that axes and pictures name: λ and not its logarithm,
    a probability and not a level. What has no value is left empty. Raises ValueError as `Chart.at`.
    """
    figure = chart.at(trajectory, strength, epoch, a=a, b=b)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for trace in figure.data:
        cells = _picture if trace.type == "heatmap" else _points
        for each in cells(trace, figure, trajectory):
            writer.writerow([positional(strength), epoch, trace.name, *each])
    return text.getvalue()


def positional(strength: float) -> str:
    """Write a number without a power of ten, with as few digits as tell it from any other."""
    return np.format_float_positional(strength, trim="-")


def _points(trace: Any, figure: go.Figure, trajectory: Trajectory) -> Iterator[tuple[Any, ...]]:
    across, up = _name(trace, figure, "x"), _name(trace, figure, "y")
    logarithms = [np.log10(strength) for strength in trajectory.strengths[1:]]
    if trace.x is not None and trace.y is not None:
        for x, y in zip(trace.x, trace.y, strict=False):  # empty if the strength is not pinned
            if across == "strength λ":
                near = [k for k, log in enumerate(logarithms) if abs(log - x) < 1e-6]
                x = trajectory.strengths[1 + near[0]] if near else 0.0 if np.isfinite(x) else x
            yield "", "", across, _cell(x), up, _cell(y), "", ""


def _picture(trace: Any, figure: go.Figure, _: Trajectory) -> Iterator[tuple[Any, ...]]:
    across, up = _name(trace, figure, "x"), _name(trace, figure, "y")
    if trace.z is not None:
        for row, values in enumerate(np.atleast_2d(trace.z)):
            for column, value in enumerate(values):
                x = (across, trace.x0 + column * trace.dx) if trace.dx and across else ("", "")
                y = (up, trace.y0 + row * trace.dy) if trace.dy and up else ("", "")
                yield row, column, *x, *y, trace.meta["z"], _cell(value * trace.meta["unit"])


def _name(trace: Any, figure: go.Figure, letter: str) -> str:
    """Return the title of a trace's axis, without words on its scale."""
    number = (trace[f"{letter}axis"] or letter)[1:]
    title = figure.layout[f"{letter}axis{number}"].title.text or ""
    return re.sub(r" \(log( scale)?\)$", "", title)


def _cell(value: Any) -> Any:
    number = float(value)
    return number if np.isfinite(number) else ""
