"""Training and validation accuracy, or error, over the epochs."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.charts.core import ranges
from l2viz.charts.core.axes import axis, epoch_axis
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet, over_epochs
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory, score: str, yaxis: dict[str, Any]) -> Drawing:
    validation = f"val_{score}"
    sheet = Sheet()
    sheet.add(line("training", "@train", dash="solid"), **over_epochs(f"train_{score}"))
    sheet.add(line("validation", "@validation", dash="solid"), **over_epochs(validation))
    ghost = ghost_of(trajectory)
    without = line(f"validation, {ghost.label}", "@ghost", width=1.5)
    sheet.add(without, **over_epochs(validation, strength=ghost.strength))
    for pin in PINS:
        sheet.add(pin.line("validation"), **over_epochs(validation, strength=pin.selector))
    return sheet.drawing({"xaxis": epoch_axis(trajectory), "yaxis": yaxis})


def _draw_accuracy(trajectory: Trajectory) -> Drawing:
    shown = axis("accuracy", range=[0.0, 1.02], tickformat=".0%")
    return _draw(trajectory, "accuracy", shown)


def _draw_error(trajectory: Trajectory) -> Drawing:
    losses = np.stack([trajectory.train_data_loss, trajectory.val_data_loss])
    shown = axis(
        "mean squared error (log)", type="log", range=ranges.logarithmic(losses, decades=8.0)
    )
    return _draw(trajectory, "data_loss", {**shown, "dtick": 1})


ACCURACY = Chart(
    name="accuracy",
    slot="score",
    group="Fit",
    title="Accuracy",
    caption="How often the network is right, on training and on unseen data",
    about="Training accuracy includes what the network has memorized; validation accuracy shows "
    "how well it works on unseen data.",
    draw=_draw_accuracy,
)

ERROR = Chart(
    name="error",
    slot="score",
    group="Fit",
    title="Error",
    caption="How far the answers are from the targets",
    about="Mean squared error without penalty, against the noisy targets.",
    draw=_draw_error,
)
