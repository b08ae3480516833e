"""The generalization gap against strength: training and validation, and what lies between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from l2viz.charts.core.arrays import ChartArray, of_path
from l2viz.charts.core.axes import score_axis_of_strengths, strength_axis
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
    edge: dict[str, Any] = {"width": 0, "key": False, "hoverinfo": "skip"}
    sheet.add(line("validation", "@validation", **edge), **over_strengths(f"val_{score}"))
    shade = {**edge, "key": True, "fill": "tonexty", "fillcolor": "@ghost-band"}
    sheet.add(line("learnt by heart", "@train", **shade), **over_strengths("learnt_by_heart"))
    sheet.add(line(f"validation {word}", "@validation"), **over_strengths(f"val_{score}"))
    training = line(f"training {word}", "@train", dash="dash")
    sheet.add(training, **over_strengths(f"train_{score}"))
    mark_strengths(sheet, "y2")
    both = np.stack([getattr(trajectory, f"{part}_{score}") for part in ("train", "val")])
    return sheet.drawing(
        {
            "xaxis": strength_axis(trajectory),
            "yaxis": score_axis_of_strengths(trajectory, both),
            "yaxis2": MARKS,
        },
        ACCURACY_GAP if classes else LOSS_GAP,
    )


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    """Return the training score where it is better than the validation score, else the latter."""
    if trajectory.train_accuracy is not None and trajectory.val_accuracy is not None:
        better = np.fmax(trajectory.train_accuracy, trajectory.val_accuracy)
    else:
        better = np.fmin(trajectory.train_data_loss, trajectory.val_data_loss)
    return {"learnt_by_heart": of_path(better)}


GAP = Chart(
    name="gap",
    slot="gap",
    group="Fit",
    title="Generalization gap",
    caption="Error on unseen data, minus error on the training data",
    about="The shaded gap, where validation is worse than training, is what the network has learnt "
    "by heart: the penalty closes it, at the cost of a worse fit to the training data.",
    draw=_draw,
    arrays=_arrays,
)
