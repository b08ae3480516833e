"""Training and validation accuracy, or error, over the epochs."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.charts.core import ranges
from l2viz.charts.core.binding import Binding
from l2viz.charts.core.chart import Chart, Drawing
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import axis
from l2viz.charts.core.traces import line, over_epochs, pinned_over_epochs
from l2viz.charts.loss_ledger import epoch_axis
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory, score: str, layout_axis: dict[str, object]) -> Drawing:
    traces: list[dict[str, Any]] = []
    bindings: list[Binding] = []
    for part, colour, dash in (
        ("train", "@train", "solid"),
        ("val", "@validation", "solid"),
    ):
        label = {"train": "training", "val": "validation"}[part]
        bindings += over_epochs(len(traces), f"{part}_{score}")
        traces.append(line(label, colour, dash=dash))
    ghost = ghost_of(trajectory)
    bindings += over_epochs(len(traces), f"val_{score}", strength=ghost.strength)
    traces.append(line(f"validation, {ghost.label}", "@ghost", width=1.5))
    pinned, more = pinned_over_epochs(len(traces), f"val_{score}", "validation")
    return Drawing(
        traces=(*traces, *pinned),
        layout={"xaxis": epoch_axis(trajectory), "yaxis": layout_axis},
        bindings=(*bindings, *more),
    )


def _draw_accuracy(trajectory: Trajectory) -> Drawing:
    shown = axis("accuracy", range=[0.0, 1.02], tickformat=".0%")
    return _draw(trajectory, "accuracy", shown)


def _draw_error(trajectory: Trajectory) -> Drawing:
    losses = np.stack([trajectory.train_data_loss, trajectory.val_data_loss])
    shown = axis("mean squared error (log)", type="log", range=ranges.logarithmic(losses))
    return _draw(trajectory, "data_loss", {**shown, "dtick": 1})


ACCURACY = Chart(
    name="accuracy",
    slot="score",
    group="Fit",
    title="Accuracy",
    about="Training accuracy says how much was learnt by heart; validation says what it is worth.",
    draw=_draw_accuracy,
)

ERROR = Chart(
    name="error",
    slot="score",
    group="Fit",
    title="Error",
    about="Mean squared error without penalty, against the noisy targets.",
    draw=_draw_error,
)
