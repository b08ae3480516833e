"""Cells in rows: one for each shown strength, with a label; the chosen one has a frame."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.charts.core.arrays import ChartArray, constant, of_strengths
from l2viz.charts.core.binding import CHOSEN, Bound
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.traces import PINS, dots, line
from l2viz.experiment.number_text import short_number_text
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory

_WIDER = 1.7  # columns for each row
_LEFT, _RIGHT, _BOTTOM, _TOP = 0.05, 0.95, 0.03, 0.79  # of a cell of size 1: the room for a picture
_LABEL = 0.88  # height of its label


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    bottom: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """The cells of a chart, of size 1, in reading order; its arrays begin with `name`.

    members   positions of the shown strengths on the strength axis
    columns   cells in a row
    count     strengths of the path
    """

    name: str
    members: tuple[int, ...]
    columns: int
    count: int

    @classmethod
    def grid(cls, name: str, trajectory: Trajectory, most: int | None = None) -> Cells:
        """Return cells in about as many rows as fill a panel, for at most `most` strengths."""
        count = len(trajectory.strengths)
        members = spread(count, most or count)
        columns = math.ceil(math.sqrt(len(members) * _WIDER))
        return cls(name=name, members=members, columns=columns, count=count)

    @classmethod
    def row(cls, name: str, trajectory: Trajectory, most: int) -> Cells:
        """Return one row of at most `most` cells."""
        count = len(trajectory.strengths)
        members = spread(count, most)
        return cls(name=name, members=members, columns=len(members), count=count)

    @property
    def corners(self) -> tuple[Array, Array]:
        """Return the left and the lower edge of each strength's cell, (K,) each; NaN for none."""
        lefts, bottoms = np.full((2, self.count), np.nan)
        rows, places = np.divmod(np.arange(len(self.members)), self.columns)
        lefts[list(self.members)], bottoms[list(self.members)] = places, -rows
        return lefts, bottoms

    @property
    def room(self) -> Box:
        """Return the room for a picture in a cell at (0, 0)."""
        return Box(_LEFT, _BOTTOM, _RIGHT - _LEFT, _TOP - _BOTTOM)

    def place(self, member: int, ratio: float) -> Box:
        """Return where a picture with this ratio of width to height goes: below the label."""
        lefts, bottoms = self.corners
        room = self.room
        width = min(room.width, ratio * room.height)
        height = width / ratio
        left = float(lefts[member]) + room.left + (room.width - width) / 2
        bottom = float(bottoms[member]) + room.bottom + room.height - height
        return Box(left, bottom, width, height)

    def picture(self, member: int, shape: tuple[int, int], ratio: float) -> dict[str, float]:
        """Return x0, dx, y0 and dy of a heatmap (rows, columns) in a member's cell."""
        box = self.place(member, ratio)
        dx, dy = box.width / shape[1], box.height / shape[0]
        return {"x0": box.left + dx / 2, "dx": dx, "y0": box.bottom + dy / 2, "dy": dy}

    def arrays(self) -> Mapping[str, ChartArray]:
        """Return the frames and the centres."""
        lefts, bottoms = self.corners
        low, high = _BOTTOM - 0.02, 1.0 - 0.01
        across = np.array([0.01, 0.99, 0.99, 0.01, 0.01])
        up = np.array([low, low, high, high, low])
        return {
            f"{self.name}_frame_x": of_strengths(lefts[:, None] + across),
            f"{self.name}_frame_y": of_strengths(bottoms[:, None] + up),
            f"{self.name}_centre_x": constant(lefts + 0.5),
            f"{self.name}_centre_y": constant(bottoms + 0.5),
        }

    def drawing(self, sheet: Sheet, trajectory: Trajectory, *, square: bool) -> Drawing:
        """Add frames, labels and what a click chooses to the pictures on `sheet`, and return it.

        square   whether cells are squares, instead of filling the room
        """
        frame = {axis: f"{self.name}_frame_{axis}" for axis in "xy"}
        for pin in PINS:
            bound = {axis: Bound(array, pin.selector) for axis, array in frame.items()}
            sheet.add(pin.line("frame", hoverinfo="skip"), **bound)
        chosen = line("chosen λ", "@text", width=2.5, hoverinfo="skip")
        sheet.add(chosen, **{axis: Bound(array, CHOSEN) for axis, array in frame.items()})
        sheet.add(self._labels(trajectory))
        target = dots("choose", "@text", 34, "λ = %{text}", key=False, opacity=0)
        texts = [strength_text(strength) for strength in trajectory.strengths]
        sheet.add(
            {**target, "text": texts, "meta": {"chooses": "strength"}},
            x=Bound(f"{self.name}_centre_x"),
            y=Bound(f"{self.name}_centre_y"),
        )
        hidden = {"visible": False, "fixedrange": True}
        rows = math.ceil(len(self.members) / self.columns)
        return sheet.drawing(
            {
                "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
                "xaxis": {**hidden, "range": [-0.04, self.columns + 0.04]},
                "yaxis": {
                    **hidden,
                    "range": [1.0 - rows - 0.04, 1.04],
                    **({"scaleanchor": "x"} if square else {}),  # then one range is extended
                },
            }
        )

    def _labels(self, trajectory: Trajectory) -> dict[str, Any]:
        lefts, bottoms = (edges[list(self.members)] for edges in self.corners)
        wide = self.columns <= 6
        texts = [short_number_text(float(s), 2) for s in trajectory.strengths[list(self.members)]]
        texts[0] = f"λ = {texts[0]}"  # on each cell of a small chart, it would be too wide
        return {
            "type": "scatter",
            "mode": "text",
            "name": "strengths",
            "showlegend": False,
            "hoverinfo": "skip",
            "textfont": {"size": 11 if wide else 9, "color": "@text"},
            "x": (lefts + 0.5).tolist(),
            "y": (bottoms + _LABEL).tolist(),
            "text": texts,
        }


def spread(count: int, most: int) -> tuple[int, ...]:
    """Return at most `most` positions of `count`, evenly spread, with the first and the last."""
    return tuple(int(place) for place in np.rint(np.linspace(0, count - 1, min(most, count))))
