"""The generalization gap against strength: training and validation, and what lies between."""

from __future__ import annotations

import numpy as np

from l2viz.charts.core.chart import Chart, Drawing, Readout
from l2viz.charts.core.strength_axis import MARKS, across, mark_strengths, score_axis, strength_axis
from l2viz.charts.core.traces import Sheet, line
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    classes = trajectory.val_accuracy is not None
    score = "accuracy" if classes else "data_loss"
    word = "accuracy" if classes else "error"
    sheet = Sheet()
    sheet.add(line(f"validation {word}", "@validation"), **across(f"val_{score}"))
    sheet.add(
        line(f"training {word}", "@train", dash="dash", fill="tonexty", fillcolor="@ghost-band"),
        **across(f"train_{score}"),
    )
    mark_strengths(sheet, "y2")
    both = np.concatenate([trajectory.train_data_loss, trajectory.val_data_loss])
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "xaxis": strength_axis(trajectory),
            "yaxis": score_axis(trajectory, both),
            "yaxis2": MARKS,
        },
        numbers=(_ACCURACY_GAP if classes else _LOSS_GAP,),
    )


_ACCURACY_GAP = Readout(
    label="gap",
    array="accuracy_gap",
    form="points",
    about="training accuracy - validation accuracy",
)
_LOSS_GAP = Readout(
    label="gap",
    array="generalization_gap",
    form="number",
    about="validation data loss - training data loss",
)

GAP = Chart(
    name="gap",
    slot="gap",
    group="Fit",
    title="Generalization gap",
    about="The shaded gap is what a network learnt by heart: the penalty closes it, and costs "
    "training accuracy.",
    draw=_draw,
)
