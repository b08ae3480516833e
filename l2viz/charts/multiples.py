"""All strengths at once: the fit, the units or the network of each, in cells one can choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from l2viz.charts.boundary import LEVELS, PROBABILITY, area_colours
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, constant, of_path, of_strengths, with_gaps
from l2viz.charts.core.binding import CHOSEN, EACH, Bound, fixed
from l2viz.charts.core.cells import Cells
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.traces import dots, line
from l2viz.charts.multiple_networks import add_networks, network_arrays
from l2viz.charts.multiple_units import add_units, unit_arrays
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory

MOST_NETWORKS = 12  # cells; more cannot be told apart
STRIP = 5  # cells


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """What the cells hold.

    most     cells, if not one for each strength
    square   whether the scales of a picture's sides must be equal
    """

    name: str
    variant: str
    add: Callable[[Sheet, Trajectory, Cells], None]
    arrays: Callable[[Trajectory, Cells], Mapping[str, ChartArray]]
    most: int | None = None
    square: bool = False


def multiples(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return a grid and a strip of each kind of picture that a path of several strengths has."""
    if len(trajectory.strengths) == 1:
        return ()
    kinds = _kinds(trajectory)
    grids = [
        _chart(
            f"multiples{kind.name}",
            kind.variant,
            "From the smallest strength to the largest, in reading order. A click chooses one.",
            kind,
            partial(Cells.grid, most=kind.most),
        )
        for kind in kinds
    ]
    strips = [
        _chart(
            f"strip{kind.name}",
            f"{kind.variant}, one row",
            f"At most {STRIP} strengths from the smallest to the largest, for print. A click "
            "chooses one.",
            kind,
            partial(Cells.row, most=STRIP),
        )
        for kind in kinds
    ]
    return (*grids, *strips)


def _kinds(trajectory: Trajectory) -> list[_Kind]:
    kinds = []
    if trajectory.boundary is not None:
        kinds.append(
            _Kind(name="", variant="boundary", add=_add_boundaries, arrays=_boundaries, square=True)
        )
    elif trajectory.grid_predictions is not None:
        kinds.append(_Kind(name="", variant="curve", add=_add_curves, arrays=_curves))
    if trajectory.unit_pictures is not None:
        kinds.append(
            _Kind(name="_units", variant="units", add=add_units, arrays=unit_arrays, square=True)
        )
    if trajectory.link_weights is not None:
        kinds.append(
            _Kind(
                name="_network",
                variant="network",
                add=add_networks,
                arrays=network_arrays,
                most=MOST_NETWORKS,
            )
        )
    return kinds


def _chart(
    name: str, variant: str, about: str, kind: _Kind, cells: Callable[[str, Trajectory], Cells]
) -> Chart:
    def draw(trajectory: Trajectory) -> Drawing:
        sheet, placed = Sheet(), cells(name, trajectory)
        kind.add(sheet, trajectory, placed)
        return placed.drawing(sheet, trajectory, square=kind.square)

    def arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
        placed = cells(name, trajectory)
        return {**placed.arrays(), **kind.arrays(trajectory, placed)}

    return Chart(
        name=name,
        slot="multiples",
        group="Fit",
        title="All strengths at once",
        variant=variant,
        caption="One cell for each strength: a click chooses it",
        about=about,
        draw=draw,
        arrays=arrays,
    )


# ---- boundaries


def _add_boundaries(sheet: Sheet, trajectory: Trajectory, cells: Cells) -> None:
    extent = trajectory.context.grid_extent
    assert trajectory.boundary is not None and extent is not None
    rows, columns = trajectory.boundary.shape[-2:]
    low_x, high_x, low_y, high_y = extent
    for member in cells.members:
        picture = {
            "type": "heatmap",
            "name": f"λ = {strength_text(trajectory.strengths[member])}",
            **cells.picture(member, (rows, columns), (high_x - low_x) / (high_y - low_y)),
            "zmin": 0,
            "zmax": LEVELS,
            "colorscale": area_colours(),
            "showscale": False,
            "hoverinfo": "skip",
            "meta": PROBABILITY,
        }
        sheet.add(picture, z=Bound("boundary", fixed(member)))


def _boundaries(trajectory: Trajectory, _: Cells) -> Mapping[str, ChartArray]:
    assert trajectory.boundary is not None
    return {"boundary": of_path(trajectory.boundary)}


# ---- curves


def _add_curves(sheet: Sheet, _: Trajectory, cells: Cells) -> None:
    name = cells.name
    truth = line("true curve", "@truth", dash="dashdot", width=1, hoverinfo="skip")
    sheet.add(truth, x=Bound(f"{name}_truth_x"), y=Bound(f"{name}_truth_y"))
    points = dots("training points", "@text", 2.5, "")
    sheet.add(points, x=Bound(f"{name}_points_x"), y=Bound(f"{name}_points_y"))
    every = line("fit", "@ghost", width=1.5, hoverinfo="skip")
    sheet.add(every, x=Bound(f"{name}_x", EACH), y=Bound(f"{name}_y", EACH))
    chosen = line("fit at λ", "@validation", width=3, hoverinfo="skip")
    sheet.add(chosen, x=Bound(f"{name}_x", CHOSEN), y=Bound(f"{name}_y", CHOSEN))


def _curves(trajectory: Trajectory, cells: Cells) -> Mapping[str, ChartArray]:
    context, predictions = trajectory.context, trajectory.grid_predictions
    assert context.train_points is not None and predictions is not None
    assert context.grid_inputs is not None and context.grid_truth is not None
    reach = ranges.around(context.train_points[:, 1] * 1.35)[1]
    span = float(np.abs(context.grid_inputs).max())
    (lefts, bottoms), room = cells.corners, cells.room
    shown = list(cells.members)

    def across(x: Array) -> Array:
        return room.left + room.width * (x / span + 1.0) / 2.0

    def up(y: Array) -> Array:
        inside: Array = np.clip(y / reach, -1.0, 1.0)
        return room.bottom + room.height * (inside + 1.0) / 2.0

    def everywhere(values: Array, edges: Array) -> ChartArray:
        return constant(with_gaps(values[None, :] + edges[shown, None]))

    x, y = context.train_points[:, 0], context.train_points[:, 1]
    return {
        f"{cells.name}_x": of_strengths(lefts[:, None] + across(context.grid_inputs)),
        f"{cells.name}_y": of_path(bottoms[:, None, None] + up(predictions)),
        f"{cells.name}_truth_x": everywhere(across(context.grid_inputs), lefts),
        f"{cells.name}_truth_y": everywhere(up(context.grid_truth), bottoms),
        f"{cells.name}_points_x": everywhere(across(x), lefts),
        f"{cells.name}_points_y": everywhere(up(y), bottoms),
    }
