"""The generalization gap against strength: training and validation, and what lies between."""

from __future__ import annotations

import numpy as np

from l2viz.charts.core.axes import score_axis, strength_axis
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet, over_strengths
from l2viz.charts.core.readouts import ACCURACY_GAP, LOSS_GAP
from l2viz.charts.core.strength_marks import MARKS, mark_strengths
from l2viz.charts.core.traces import line
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    classes = trajectory.val_accuracy is not None
    score = "accuracy" if classes else "data_loss"
    word = "accuracy" if classes else "error"
    sheet = Sheet()
    sheet.add(line(f"validation {word}", "@validation"), **over_strengths(f"val_{score}"))
    sheet.add(
        line(f"training {word}", "@train", dash="dash", fill="tonexty", fillcolor="@ghost-band"),
        **over_strengths(f"train_{score}"),
    )
    mark_strengths(sheet, "y2")
    both = np.concatenate([trajectory.train_data_loss, trajectory.val_data_loss])
    return sheet.drawing(
        {
            "xaxis": strength_axis(trajectory),
            "yaxis": score_axis(trajectory, both),
            "yaxis2": MARKS,
        },
        ACCURACY_GAP if classes else LOSS_GAP,
    )


GAP = Chart(
    name="gap",
    slot="gap",
    group="Fit",
    title="Generalization gap",
    about="The shaded gap shows how much the network has memorized: the penalty closes it, at the "
    "cost of a worse fit to the training data.",
    draw=_draw,
)
