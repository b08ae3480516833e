"""Norm of each kernel against strength, aligned above the validation curve."""

from __future__ import annotations

from l2viz.charts.core import ranges
from l2viz.charts.core.axes import (
    LOWER,
    UPPER,
    axis,
    score_axis_of_strengths,
    strength_axis,
    validation_score,
)
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet, over_strengths
from l2viz.charts.core.strength_marks import MARKS, mark_strengths
from l2viz.charts.core.theme import base_layout, layer_colour
from l2viz.charts.core.traces import line
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    for layer, name in enumerate(trajectory.layer_names):
        sheet.add(line(name, layer_colour(layer)), **over_strengths("kernel_norm", layer))
    label, score, values = validation_score(trajectory)
    sheet.add(line(label, "@validation", yaxis="y2"), **over_strengths(score))
    mark_strengths(sheet, "y3")
    return sheet.drawing(
        {
            "margin": {**base_layout()["margin"], "l": 56},
            "xaxis": strength_axis(trajectory, anchor="y2"),
            "yaxis": axis(
                "‖w‖₂",
                domain=UPPER,
                range=ranges.from_zero(trajectory.kernel_norm),
                nticks=4,
            ),
            "yaxis2": {
                **score_axis_of_strengths(trajectory, values, step=0.2, nticks=3),
                "domain": LOWER,
                "anchor": "x",
            },
            "yaxis3": MARKS,
        }
    )


NORMS = Chart(
    name="norms",
    slot="norms",
    group="Weights",
    title="Norms and validation",
    caption="Kernels shrink as λ grows; validation is best in between",
    about="At the best strength on validation data, the kernels have already shrunk; at "
    "larger strengths they collapse.",
    draw=_draw,
)
