"""All strengths at once: the fitted curve or the boundary of each, in cells one can choose."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from l2viz.charts.boundary import LEVELS, PROBABILITY, area_colours
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, constant, of_path, of_strengths, with_gaps
from l2viz.charts.core.binding import CHOSEN, EACH, Bound, fixed
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.traces import PINS, dots, line
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory

_WIDER = 1.7  # columns for each row
_INNER = (0.05, 0.95, 0.03, 0.77)  # of a cell of size 1: left, right, bottom and top of its picture
_LABEL = 0.86  # height of its label


def has_multiples(trajectory: Trajectory) -> bool:
    """Return whether there are several strengths with something to draw of each."""
    drawn = trajectory.grid_predictions is not None or trajectory.boundary is not None
    return drawn and len(trajectory.strengths) > 1


def _draw(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    if trajectory.boundary is not None:
        _add_boundaries(sheet, trajectory)
    else:
        _add_curves(sheet)
    frame = {"x": "tile_frame_x", "y": "tile_frame_y"}
    for pin in PINS:
        bound = {name: Bound(array, pin.selector) for name, array in frame.items()}
        sheet.add(pin.line("frame", hoverinfo="skip"), **bound)
    chosen = line("chosen λ", "@text", width=2.5, hoverinfo="skip")
    sheet.add(chosen, **{name: Bound(array, CHOSEN) for name, array in frame.items()})
    lefts, bottoms = _cells(len(trajectory.strengths))
    texts = [strength_text(strength) for strength in trajectory.strengths]
    sheet.add(
        {
            "type": "scatter",
            "mode": "text",
            "name": "strengths",
            "showlegend": False,
            "hoverinfo": "skip",
            "textfont": {"size": 9, "color": "@text"},
            "x": (lefts + 0.5).tolist(),
            "y": (bottoms + _LABEL).tolist(),
            "text": [_short(strength) for strength in trajectory.strengths],
        }
    )
    target = dots("choose", "@text", 34, "λ = %{text}", key=False, opacity=0)
    sheet.add(
        {**target, "text": texts, "meta": {"chooses": "strength"}},
        x=Bound("tile_centre_x"),
        y=Bound("tile_centre_y"),
    )
    columns, rows = _shape(len(trajectory.strengths))
    hidden = {"visible": False, "fixedrange": True}
    return sheet.drawing(
        {
            "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
            "xaxis": {**hidden, "range": [-0.04, columns + 0.04]},
            "yaxis": {**hidden, "range": [1.0 - rows - 0.04, 1.04]},
        }
    )


def _add_curves(sheet: Sheet) -> None:
    truth = line("true curve", "@best", dash="dashdot", width=1, hoverinfo="skip")
    sheet.add(truth, x=Bound("tile_truth_x"), y=Bound("tile_truth_y"))
    points = dots("training points", "@text", 2.5, "")
    sheet.add(points, x=Bound("tile_points_x"), y=Bound("tile_points_y"))
    every = line("fit", "@ghost", width=1.5, hoverinfo="skip")
    sheet.add(every, x=Bound("tile_x", EACH), y=Bound("tile_y", EACH))
    chosen = line("fit at λ", "@validation", width=3, hoverinfo="skip")
    sheet.add(chosen, x=Bound("tile_x", CHOSEN), y=Bound("tile_y", CHOSEN))


def _add_boundaries(sheet: Sheet, trajectory: Trajectory) -> None:
    assert trajectory.boundary is not None
    rows, columns = trajectory.boundary.shape[-2:]
    left, right, bottom, top = _INNER
    dx, dy = (right - left) / columns, (top - bottom) / rows
    for member, (x, y) in enumerate(zip(*_cells(len(trajectory.strengths)), strict=True)):
        picture = {
            "type": "heatmap",
            "name": f"λ = {strength_text(trajectory.strengths[member])}",
            "x0": float(x) + left + dx / 2,
            "dx": dx,
            "y0": float(y) + bottom + dy / 2,
            "dy": dy,
            "zmin": 0,
            "zmax": LEVELS,
            "colorscale": area_colours(),
            "showscale": False,
            "hoverinfo": "skip",
            "meta": PROBABILITY,
        }
        sheet.add(picture, z=Bound("boundary", fixed(member)))


def _short(strength: float) -> str:
    """Return two digits: cells are narrow."""
    if strength == 0.0 or strength >= 0.01:
        return f"{strength:.2g}"
    digits, power = f"{strength:.1e}".split("e")
    return f"{digits.removesuffix('.0')}e{int(power)}"


def _shape(members: int) -> tuple[int, int]:
    """Return the numbers of columns and rows."""
    columns = math.ceil(math.sqrt(members * _WIDER))
    return columns, math.ceil(members / columns)


def _cells(members: int) -> tuple[Array, Array]:
    """Return the left and the lower edge of each cell, (K,) each: in reading order."""
    columns, _ = _shape(members)
    rows, places = np.divmod(np.arange(members), columns)
    return places.astype(float), -rows.astype(float)


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    lefts, bottoms = _cells(len(trajectory.strengths))
    left, right, bottom, top = _INNER
    low, high = bottom - 0.02, 1.0 - 0.01
    frame_x = lefts[:, None] + np.array([0.01, 0.99, 0.99, 0.01, 0.01])
    frame_y = bottoms[:, None] + np.array([low, low, high, high, low])
    arrays = {
        "tile_frame_x": of_strengths(frame_x),
        "tile_frame_y": of_strengths(frame_y),
        "tile_centre_x": constant(lefts + 0.5),
        "tile_centre_y": constant(bottoms + 0.5),
    }
    if trajectory.boundary is not None:
        return {**arrays, "boundary": of_path(trajectory.boundary)}
    context, predictions = trajectory.context, trajectory.grid_predictions
    assert context.train_points is not None and predictions is not None
    assert context.grid_inputs is not None and context.grid_truth is not None
    reach = ranges.around(context.train_points[:, 1] * 1.35)[1]
    span = float(np.abs(context.grid_inputs).max())

    def across(x: Array) -> Array:
        return left + (right - left) * (x / span + 1.0) / 2.0

    def up(y: Array) -> Array:
        shown: Array = bottom + (top - bottom) * (np.clip(y / reach, -1.0, 1.0) + 1.0) / 2.0
        return shown

    def everywhere(values: Array, edges: Array) -> ChartArray:
        return constant(with_gaps(values[None, :] + edges[:, None]))

    x, y = context.train_points[:, 0], context.train_points[:, 1]
    return {
        **arrays,
        "tile_x": of_strengths(lefts[:, None] + across(context.grid_inputs)),
        "tile_y": of_path(bottoms[:, None, None] + up(predictions)),
        "tile_truth_x": everywhere(across(context.grid_inputs), lefts),
        "tile_truth_y": everywhere(up(context.grid_truth), bottoms),
        "tile_points_x": everywhere(across(x), lefts),
        "tile_points_y": everywhere(up(y), bottoms),
    }


MULTIPLES = Chart(
    name="multiples",
    slot="multiples",
    group="Fit",
    title="All strengths at once",
    about="From the smallest strength to the largest, in reading order. A click chooses one.",
    draw=_draw,
    arrays=_arrays,
)
