"""The network of each strength in its cell: links as thick as their weights, on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from l2viz.charts.core.arrays import ChartArray, constant, of_path
from l2viz.charts.core.binding import Bound, Ribbons, fixed
from l2viz.charts.core.cells import Cells
from l2viz.charts.core.drawing import Sheet
from l2viz.charts.core.traces import dots, line
from l2viz.charts.network import THICKEST, Places, link_places, thickest_weight
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory
from l2viz.trajectory.links import links_of

_SIGNS = (("w > 0", "@positive", 1), ("w < 0", "@negative", -1))


def add_networks(sheet: Sheet, trajectory: Trajectory, cells: Cells) -> None:
    """Add the links of the network of each cell, and its units."""
    scale, *_ = _inside(trajectory, cells, cells.members[0])
    for member in cells.members:
        strength = strength_text(trajectory.strengths[member])
        for name, colour, sign in _SIGNS:
            ribbons: dict[str, Any] = {"width": 0, "fill": "toself", "fillcolor": colour}
            trace = line(f"λ = {strength}: {name}", colour, key=False, hoverinfo="skip", **ribbons)
            thickness = Ribbons(
                ends=f"{cells.name}_ends_{member}",
                column=0,
                sign=1 if sign > 0 else -1,
                limit=thickest_weight(trajectory),
                width=THICKEST * scale,
            )
            sheet.add(
                {**trace, "opacity": 0.8},
                x=Bound(f"{cells.name}_corners_{member}"),
                y=Bound("tile_links", fixed(member), ribbons=thickness),
            )
    for name, colour, _ in _SIGNS:  # what the colours mean, in the key
        sheet.add({**line(name, colour, width=3, hoverinfo="skip"), "x": [0.0], "y": [0.0]})
    units = dots("units", "@text", 3.5, "", key=False)
    sheet.add(units, x=Bound(f"{cells.name}_units_x"), y=Bound(f"{cells.name}_units_y"))


def network_arrays(trajectory: Trajectory, cells: Cells) -> Mapping[str, ChartArray]:
    """Return the weights of all links, and where they are in each cell."""
    assert trajectory.link_weights is not None
    arrays = {"tile_links": of_path(trajectory.link_weights[..., None])}
    across, up = [], []
    for member in cells.members:
        _, places, units = _inside(trajectory, cells, member)
        arrays[f"{cells.name}_ends_{member}"] = constant(
            np.stack([places.left, places.right], axis=1)
        )
        arrays[f"{cells.name}_corners_{member}"] = constant(
            Ribbons.corners(places.start, places.end)
        )
        across.append(units[0])
        up.append(units[1])
    arrays[f"{cells.name}_units_x"] = constant(np.concatenate(across))
    arrays[f"{cells.name}_units_y"] = constant(np.concatenate(up))
    return arrays


def _inside(trajectory: Trajectory, cells: Cells, member: int) -> tuple[float, Places, Array]:
    """Return the scale of the network's heights, its links and its units in a member's cell."""
    links = links_of(trajectory.experiment)
    assert links is not None
    places = link_places(links, [0.0] * len(links.columns))
    box = cells.place(member, cells.room.width / cells.room.height)
    most = max(column.drawn for column in links.columns)
    scale, wide = box.height / most, box.width / (len(links.columns) - 0.7)
    left, bottom = box.left + 0.15 * wide, box.bottom + box.height / 2

    def across(x: Array) -> Array:
        return left + wide * x

    def up(y: Array) -> Array:
        return bottom + scale * y

    units = [
        (place, (column.drawn - 1) / 2 - unit)
        for place, column in enumerate(links.columns)
        for unit in range(column.drawn)
    ]
    x, y = np.array(units, dtype=float).T
    inside = Places(
        left=up(places.left),
        right=up(places.right),
        start=across(places.start),
        end=across(places.end),
    )
    return scale, inside, np.stack([across(x), up(y)])
