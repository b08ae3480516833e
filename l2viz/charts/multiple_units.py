"""Pictures of the first layer's units in the cell of each strength, on one colour scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.charts.core.arrays import ChartArray, unit_mosaic
from l2viz.charts.core.binding import Bound, fixed
from l2viz.charts.core.cells import Cells
from l2viz.charts.core.drawing import Sheet
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory
from l2viz.trajectory.pictures import PICTURE_LEVELS

_UNITS, _COLUMNS = 9, 3  # in a cell


def add_units(sheet: Sheet, trajectory: Trajectory, cells: Cells) -> None:
    """Add a picture of the first units for each cell."""
    rows, columns = _mosaic(trajectory).shape[-2:]
    limit = trajectory.context.picture_limit
    for member in cells.members:
        picture = {
            "type": "heatmap",
            "name": f"λ = {strength_text(trajectory.strengths[member])}",
            **cells.picture(member, (rows, columns), columns / rows),
            "zmin": -PICTURE_LEVELS,
            "zmax": PICTURE_LEVELS,
            "colorscale": [[0.0, "@negative"], [0.5, "@ground"], [1.0, "@positive"]],
            "showscale": False,
            "hoverinfo": "skip",
            "meta": {"z": "weight", "unit": limit / PICTURE_LEVELS},
        }
        sheet.add(picture, z=Bound("tile_units", fixed(member)))


def unit_arrays(trajectory: Trajectory, _: Cells) -> Mapping[str, ChartArray]:
    """Return the pictures of all strengths, rows from below: (P, K, rows, columns) int8."""
    return {"tile_units": ChartArray(values=_mosaic(trajectory), kept=trajectory.kept_pictures)}


def _mosaic(trajectory: Trajectory) -> Array:
    pictures = trajectory.unit_pictures
    if pictures is None:  # part of a run, without a picture
        pictures = np.zeros((len(trajectory.strengths), 0, 1, 1, 1), dtype=np.int8)
    mosaic: Array = unit_mosaic(pictures[:, :, :_UNITS], _COLUMNS)[:, :, ::-1]
    return mosaic
