"""Kernels as pictures on one colour scale, in rows: one for each shown strength."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from l2viz.charts.core.axes import axis
from l2viz.charts.core.binding import BEST, CHOSEN, Bound, Selector, pinned
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.experiment.number_text import number_text
from l2viz.trajectory import Trajectory
from l2viz.trajectory.pictures import PICTURE_LEVELS

_GAP = 0.03  # between two rows, as a share of the chart's height


@dataclass(frozen=True)
class Row:
    """A picture: its strength, and the label beside it."""

    strength: Selector
    label: str


def rows_of(trajectory: Trajectory) -> tuple[Row, Row, Row]:
    """Return the rows: the chosen strength, pin A or the ghost, pin B or the best strength."""
    ghost = ghost_of(trajectory)
    return (
        Row(CHOSEN, "λ"),
        Row(pinned("a", otherwise=ghost.strength), f"A, or {ghost.label}"),
        Row(pinned("b", otherwise=BEST), "B, or best"),
    )


def draw_rows(array: str, limit: float, rows: tuple[Row, ...]) -> Drawing:
    """Draw `array` as a picture in each row; a weight of ±`limit` has the full colour."""
    height = (1.0 + _GAP) / len(rows)
    sheet = Sheet()
    layout: dict[str, Any] = {"margin": {"l": 24, "r": 54, "t": 6, "b": 8}}
    for position, row in enumerate(rows):
        number = str(position + 1) if position else ""
        bottom = 1.0 - (position + 1) * height + _GAP
        picture = _picture(row.label, number, limit, scale=position == 0)
        sheet.add(picture, z=Bound(array, row.strength))
        hidden = {"showticklabels": False, "ticks": "", "showgrid": False}
        layout[f"xaxis{number}"] = axis("", anchor=f"y{number}", constrain="domain", **hidden)
        layout[f"yaxis{number}"] = axis(
            row.label,
            domain=[max(0.0, bottom), min(1.0, bottom + height - _GAP)],
            autorange="reversed",
            scaleanchor=f"x{number}",  # square pixels
            constrain="domain",
            **hidden,
        )
    return sheet.drawing(layout)


def _picture(label: str, number: str, limit: float, *, scale: bool) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": label,
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "zmin": -PICTURE_LEVELS,
        "zmax": PICTURE_LEVELS,
        "colorscale": [[0.0, "@negative"], [0.5, "@ground"], [1.0, "@positive"]],
        "hoverinfo": "skip",
        "meta": {"z": "weight", "unit": limit / PICTURE_LEVELS},
        "showscale": scale,
        "colorbar": {
            "thickness": 8,
            "outlinewidth": 0,
            "x": 1.01,
            "title": {"text": "w"},
            "tickvals": [-PICTURE_LEVELS, 0, PICTURE_LEVELS],
            "ticktext": [f"≤ {number_text(-limit, 2)}", "0", f"≥ {number_text(limit, 2)}"],
        },
    }
