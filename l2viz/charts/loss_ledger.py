"""The loss ledger: data loss, a band of penalty per layer on top, and the losses Keras reports."""

from __future__ import annotations

import numpy as np

from l2viz.analysis.metrics import total_loss, validation_total_loss
from l2viz.charts.core import ranges
from l2viz.charts.core.axes import axis, epoch_axis, penalty_axis
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet, over_epochs
from l2viz.charts.core.own_strength import penalized_names
from l2viz.charts.core.theme import layer_colour
from l2viz.charts.core.traces import PINS, band, line
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    sheet.add(band("data loss", "@train", first=True), **over_epochs("train_data_loss"))
    for layer, name in enumerate(penalized_names(trajectory)):
        sheet.add(band(name, layer_colour(layer), first=False), **over_epochs("loss_ledger", layer))
    for name, array, colour, dash in (
        ("loss (Keras)", "total_loss", "@text", "solid"),
        ("validation data loss", "val_data_loss", "@validation", "solid"),
        ("val_loss (Keras)", "validation_total_loss", "@validation", "dash"),
    ):
        sheet.add(line(name, colour, dash=dash, width=1.5), **over_epochs(array))
    for pin in PINS:
        sheet.add(
            pin.line("validation data loss"), **over_epochs("val_data_loss", strength=pin.selector)
        )
    return sheet.drawing(
        {
            "xaxis": epoch_axis(trajectory),
            "yaxis": axis("loss", range=_loss_range(trajectory)),
        }
    )


def _loss_range(trajectory: Trajectory) -> list[float]:
    """Return [0, top] for the losses after the first quarter of a run.

    The initial penalty of a large λ may lie above it. At a minimum the total loss is at most that
    of the constant prediction, which has no penalty.
    """
    settled = max(1, len(trajectory.epochs) // 4)
    late = np.concatenate(
        [
            validation_total_loss(trajectory)[:, settled:].ravel(),
            total_loss(trajectory)[:, settled:].ravel(),
        ]
    )
    return ranges.from_zero(late, at_least=1.1 * trajectory.context.constant_loss)


def _draw_penalty(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    for layer, name in enumerate(penalized_names(trajectory)):
        sheet.add(
            band(name, layer_colour(layer), first=layer == 0),
            **over_epochs("penalty_stack", layer),
        )
    for pin in PINS:
        sheet.add(pin.line("penalty"), **over_epochs("penalty_total", strength=pin.selector))
    return sheet.drawing({"xaxis": epoch_axis(trajectory), "yaxis": penalty_axis(trajectory)})


LOSS_LEDGER = Chart(
    name="loss_ledger",
    slot="ledger",
    group="Losses",
    title="Loss ledger: data loss + penalties",
    caption="What Keras reports as loss: data loss with the penalties on top",
    about="The penalty is stacked on the data loss. Keras's loss and val_loss contain both.",
    draw=_draw,
)

PENALTY = Chart(
    name="penalty",
    slot="penalty",
    group="Losses",
    title="Penalty by layer",
    variant="over epochs",
    caption="How much each layer adds to the loss",
    about="Each layer's λ times its sum of squared weights, stacked.",
    draw=_draw_penalty,
)
