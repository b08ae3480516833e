"""The data of a chart at one position, as the table that the browser must save."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from l2viz.charts import Chart
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Trajectory

COLUMNS = ("strength", "epoch", "trace", "row", "column", "x", "y", "z")


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

    A point of a line has x and y; one of a picture has its row, its column and z. What has no
    value is left empty. Raises ValueError as `Chart.at`.
    """
    figure = chart.at(trajectory, strength, epoch, a=a, b=b)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for trace in figure.data:
        for cells in _picture(trace.z) if trace.type == "heatmap" else _points(trace):
            writer.writerow([strength_text(strength), epoch, trace.name, *cells])
    return text.getvalue()


def _points(trace: Any) -> Iterator[tuple[Any, ...]]:
    if trace.x is not None and trace.y is not None:
        for x, y in zip(trace.x, trace.y, strict=False):  # empty if the strength is not pinned
            yield "", "", _cell(x), _cell(y), ""


def _picture(rows: Any) -> Iterator[tuple[Any, ...]]:
    if rows is not None:
        for row, values in enumerate(np.atleast_2d(rows)):
            for column, value in enumerate(values):
                yield row, column, "", "", _cell(value)


def _cell(value: Any) -> Any:
    number = float(value)
    return number if np.isfinite(number) else ""
