"""Kernels of the first layer's units as pictures, on one colour scale."""

from __future__ import annotations

from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing
from l2viz.charts.core.pictures import draw_rows, rows_of
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    return draw_rows("unit_mosaic", trajectory.context.picture_limit, rows_of(trajectory))


def _draw_chosen(trajectory: Trajectory) -> Drawing:
    return draw_rows("unit_mosaic", trajectory.context.picture_limit, rows_of(trajectory)[:1])


UNIT_PICTURES = Chart(
    name="unit_pictures",
    slot="units",
    group="Weights",
    title="What first-layer units look at",
    caption="The weights of each unit as a picture: the penalty makes it fade",
    about="Each tile is the kernel of one unit. The penalty makes it fade, least where the data "
    "uses it.",
    draw=_draw,
)

UNITS_AT_STRENGTH = Chart(
    name="units_at_strength",
    slot="units_at_strength",
    group="Weights",
    title="What units look at, at this strength",
    caption="The weights of each unit as a picture, at the chosen strength",
    about="Each tile is the kernel of one unit, at the chosen strength alone.",
    draw=_draw_chosen,
)
