"""What first-layer units look at: their kernels as pictures, on one colour scale."""

from __future__ import annotations

from typing import Any

from l2viz.charts.core.arrays import MOSAIC_LEVELS
from l2viz.charts.core.binding import Binding
from l2viz.charts.core.chart import Chart, Drawing
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import axis
from l2viz.trajectory import Trajectory

_GAP = 0.03


def _draw(trajectory: Trajectory) -> Drawing:
    return draw_rows("unit_mosaic", trajectory.context.picture_limit, rows_of(trajectory))


def rows_of(trajectory: Trajectory) -> tuple[tuple[str, str], ...]:
    """The strength and the name of each row."""
    ghost = ghost_of(trajectory)
    behind = (f"a|{ghost.strength}", f"A, or {ghost.label}")
    return (("chosen", "λ"), behind, ("b|best", "B, or best"))


def draw_rows(array: str, limit: float, rows: tuple[tuple[str, str], ...]) -> Drawing:
    """Pictures of `array`, a row for each strength and name; a weight of `limit` in full colour."""
    height = (1.0 + _GAP) / len(rows)
    traces: list[dict[str, Any]] = []
    bindings: list[Binding] = []
    layout: dict[str, Any] = {"margin": {"l": 24, "r": 54, "t": 6, "b": 8}}
    for row, (strength, label) in enumerate(rows):
        number = str(row + 1) if row else ""
        bottom = 1.0 - (row + 1) * height + _GAP
        traces.append(_picture(label, number, limit, scale=row == 0))
        bindings.append(Binding(trace=row, attribute="z", array=array, strength=strength))
        hidden = {"showticklabels": False, "ticks": "", "showgrid": False}
        layout[f"xaxis{number}"] = axis("", anchor=f"y{number}", **hidden)
        layout[f"yaxis{number}"] = axis(
            label,
            domain=[max(0.0, bottom), min(1.0, bottom + height - _GAP)],
            autorange="reversed",
            **hidden,
        )
    return Drawing(traces=tuple(traces), layout=layout, bindings=tuple(bindings))


def _picture(label: str, number: str, limit: float, *, scale: bool) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": label,
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "zmin": -MOSAIC_LEVELS,
        "zmax": MOSAIC_LEVELS,
        "colorscale": [[0.0, "@negative"], [0.5, "@ground"], [1.0, "@positive"]],
        "hoverinfo": "skip",
        "showscale": scale,
        "colorbar": {
            "thickness": 8,
            "outlinewidth": 0,
            "x": 1.01,
            "title": {"text": "w"},
            "tickvals": [-MOSAIC_LEVELS, 0, MOSAIC_LEVELS],
            "ticktext": [f"≤ -{limit:.2g}", "0", f"≥ {limit:.2g}"],
        },
    }


UNIT_PICTURES = Chart(
    name="unit_pictures",
    slot="units",
    group="Weights",
    title="What first-layer units look at",
    about="Each tile is the kernel of one unit: the penalty makes it fade, least where it is used.",
    draw=_draw,
)
