"""The loss ledger: data loss, a band of penalty per layer on top, and what Keras reports."""

from __future__ import annotations

import numpy as np

from l2viz.analysis.metrics import penalty_total, total_loss, validation_total_loss
from l2viz.charts.core import ranges
from l2viz.charts.core.chart import Chart, Drawing
from l2viz.charts.core.theme import axis, layer_colour
from l2viz.charts.core.traces import band, line, over_epochs, pinned_over_epochs
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    traces = [band("data loss", "@train", first=True)]
    bindings = over_epochs(0, "train_data_loss")
    for layer, name in enumerate(trajectory.layer_names):
        traces.append(band(name, layer_colour(layer), first=False))
        bindings += over_epochs(len(traces) - 1, "loss_ledger", index=(layer,))
    for name, array, colour, dash in (
        ("loss (Keras)", "total_loss", "@text", "solid"),
        ("validation data loss", "val_data_loss", "@validation", "solid"),
        ("val_loss (Keras)", "validation_total_loss", "@validation", "dash"),
    ):
        bindings += over_epochs(len(traces), array)
        traces.append(line(name, colour, dash=dash, width=1.5))
    pinned, more = pinned_over_epochs(len(traces), "val_data_loss", "validation data loss")
    return Drawing(
        traces=(*traces, *pinned),
        layout={
            "xaxis": epoch_axis(trajectory),
            "yaxis": axis("loss", range=_loss_range(trajectory)),
        },
        bindings=(*bindings, *more),
    )


def epoch_axis(trajectory: Trajectory) -> dict[str, object]:
    """The whole run from the start, so that the axis does not grow in training."""
    return axis("epoch", range=[0, trajectory.experiment.epochs])


def _loss_range(trajectory: Trajectory) -> list[float]:
    """Up to what a run settles on: at the very start a large penalty may stand above it.

    At a minimum the total loss is below that of the constant predictor, which has no penalty.
    """
    settled = max(1, len(trajectory.epochs) // 4)
    late = np.concatenate(
        [
            validation_total_loss(trajectory)[:, settled:].ravel(),
            total_loss(trajectory)[:, settled:].ravel(),
        ]
    )
    return ranges.from_zero(late, at_least=1.1 * trajectory.context.constant_loss, share=0.97)


def _draw_penalty(trajectory: Trajectory) -> Drawing:
    traces, bindings = [], []
    for layer, name in enumerate(trajectory.layer_names):
        traces.append(band(name, layer_colour(layer), first=layer == 0))
        bindings += over_epochs(layer, "penalty_stack", index=(layer,))
    pinned, more = pinned_over_epochs(len(traces), "penalty_total", "penalty")
    settled = max(1, len(trajectory.epochs) // 8)
    total = penalty_total(trajectory)[:, settled:]
    return Drawing(
        traces=(*traces, *pinned),
        layout={
            "xaxis": epoch_axis(trajectory),
            "yaxis": axis(
                "penalty λΣw²",
                range=ranges.from_zero(
                    total, at_least=0.3 * trajectory.context.constant_loss, share=0.99
                ),
            ),
        },
        bindings=(*bindings, *more),
    )


LOSS_LEDGER = Chart(
    name="loss_ledger",
    slot="ledger",
    group="Losses",
    title="Loss ledger: data loss + penalties",
    about="Penalty stands on the data loss; Keras's loss and val_loss contain both.",
    draw=_draw,
)

PENALTY = Chart(
    name="penalty",
    slot="penalty",
    group="Losses",
    title="Penalty by layer",
    variant="over epochs",
    about="λ times the sum of squared weights, layer upon layer.",
    draw=_draw_penalty,
)
