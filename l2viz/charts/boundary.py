"""The decision boundary of a plane: probability as shading, training points on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.charts.core.arrays import ChartArray, constant, of_path
from l2viz.charts.core.axes import EQUAL_SCALES, axis
from l2viz.charts.core.binding import Bound
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.traces import dots, movable
from l2viz.trajectory import Trajectory

CLASSES = (("class 0", "@class-0", "circle"), ("class 1", "@class-1", "diamond"))
LEVELS = 255  # stands for probability 1
PROBABILITY = {"z": "probability of class 1", "unit": 1 / LEVELS}


def _draw(trajectory: Trajectory) -> Drawing:
    extent = trajectory.context.grid_extent
    points = trajectory.context.train_points
    assert trajectory.boundary is not None and extent is not None and points is not None
    low_x, high_x, low_y, high_y = extent
    rows, columns = trajectory.boundary.shape[-2:]
    sheet = Sheet()
    sheet.add(
        {
            "type": "heatmap",
            "name": "probability of class 1",
            "x0": low_x,
            "dx": (high_x - low_x) / (columns - 1),
            "y0": low_y,
            "dy": (high_y - low_y) / (rows - 1),
            "zmin": 0,
            "zmax": LEVELS,
            "zsmooth": "best",
            "colorscale": area_colours(),
            "showscale": False,
            "hoverinfo": "skip",
            "meta": PROBABILITY,
        },
        z=Bound("boundary"),
    )
    for number, (name, colour, symbol) in enumerate(CLASSES):
        outline = {"color": "@ground", "width": 1}
        hover = f"{name} at %{{x:.3g}}, %{{y:.3g}}"
        sheet.add(
            movable(dots(name, colour, 7, hover, symbol=symbol, line=outline), points, number),
            x=Bound(f"class_{number}_x"),
            y=Bound(f"class_{number}_y"),
            customdata=Bound(f"class_{number}_rows"),
        )
    return sheet.drawing(
        {
            "xaxis": axis("input x₁", range=[low_x, high_x], showgrid=False, constrain="domain"),
            "yaxis": {
                **axis("input x₂", range=[low_y, high_y], showgrid=False),
                **EQUAL_SCALES,
            },
        }
    )


def area_colours() -> list[tuple[float, str]]:
    """Return the colours of probabilities; where they change is the boundary itself."""
    return [
        (0.0, "@class-0-area"),
        (0.5, "@class-0-faint"),
        (0.5, "@class-1-faint"),
        (1.0, "@class-1-area"),
    ]


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    assert trajectory.boundary is not None and trajectory.context.train_points is not None
    points = trajectory.context.train_points
    arrays = {"boundary": of_path(trajectory.boundary)}
    for number in range(len(CLASSES)):
        rows = np.flatnonzero(np.rint(points[:, 2]) == number)
        arrays[f"class_{number}_rows"] = constant(rows.astype(np.float64))
        for column, name in enumerate("xy"):
            arrays[f"class_{number}_{name}"] = constant(points[rows, column])
    return arrays


BOUNDARY = Chart(
    name="boundary",
    slot="boundary",
    group="Fit",
    title="Decision boundary",
    caption="Where the network changes its answer, and how sure it is",
    about="The deeper the colour, the surer the network. A stronger penalty makes the boundary "
    "straighter, and the network less sure.",
    editing="Drag a point, or double-click to add (with Shift: of class 1) or remove one: all "
    "strengths are trained anew.",
    draw=_draw,
    arrays=_arrays,
)
