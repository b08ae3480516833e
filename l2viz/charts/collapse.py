"""The collapse cliff: from which strength on the network predicts a constant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.analysis import metrics
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, of_epochs, strength_positions
from l2viz.charts.core.axes import LOWER, UPPER, axis, strength_axis
from l2viz.charts.core.binding import Bound
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Readout, Sheet, over_strengths
from l2viz.charts.core.strength_marks import MARKS, mark_strengths, upright
from l2viz.charts.core.theme import base_layout, layer_colour
from l2viz.charts.core.traces import line
from l2viz.experiment.number_text import number_text
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    constant = trajectory.context.constant_loss
    sheet = Sheet()
    for layer, name in enumerate(trajectory.layer_names):
        sheet.add(line(name, layer_colour(layer)), **over_strengths("kernel_norm", layer))
    sheet.add(line("training data loss", "@train", yaxis="y2"), **over_strengths("train_data_loss"))
    positions = strength_positions(trajectory.strengths)
    ground = line("best constant answer", "@text", dash="dot", width=1.5, yaxis="y2")
    ends = [float(positions[0]), float(positions[-1])]
    sheet.add({**ground, "x": ends, "y": [constant, constant]})
    mark_strengths(sheet, "y3", best=False)
    sheet.add(upright("collapsed", "@text", "longdashdot", "y3"), x=Bound("collapse_line"))
    late = trajectory.train_data_loss[:, len(trajectory.epochs) // 4 :]
    return sheet.drawing(
        {
            "margin": {**base_layout()["margin"], "l": 56},
            "xaxis": strength_axis(trajectory, anchor="y2"),
            "yaxis": axis(
                "norm ‖w‖₂",
                domain=UPPER,
                range=ranges.from_zero(trajectory.kernel_norm),
                nticks=4,
            ),
            "yaxis2": axis(
                "data loss",
                domain=LOWER,
                anchor="x",
                range=ranges.from_zero(late, at_least=1.15 * constant),
                nticks=3,
            ),
            "yaxis3": MARKS,
        },
        Readout(
            label="from λ",
            array="collapse_strength",
            form="number",
            about=f"collapsed: from this λ on, the kernels have less than "
            f"{100 * metrics.COLLAPSED_NORM:.0f} % of their norm at λ = 0, and the data loss is "
            f"that of the best constant answer, {number_text(constant)}, to within "
            f"{100 * (1 - metrics.COLLAPSED_LOSS):.0f} %",
        ),
    )


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    first = metrics.collapse(trajectory)
    found = first < len(trajectory.strengths)
    member = np.where(found, first, 0)
    strength = np.where(found, trajectory.strengths[member], np.nan)
    position = np.where(found, strength_positions(trajectory.strengths)[member], np.nan)
    return {
        "collapse_strength": of_epochs(strength),
        "collapse_line": of_epochs(np.stack([position, position], axis=1)),
    }


COLLAPSE = Chart(
    name="collapse",
    slot="collapse",
    group="Losses",
    title="Collapse cliff",
    caption="From some strength on, weights vanish and the answer is constant",
    about="Above some strength, no weight is worth its penalty: all weights go towards zero, and "
    "the network gives the best constant answer (for balanced classes its data loss is "
    "ln(classes)).",
    draw=_draw,
    arrays=_arrays,
)
