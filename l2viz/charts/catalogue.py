"""Which charts a trajectory has, and the numbers that stand beside them."""

from __future__ import annotations

from dataclasses import dataclass

from l2viz.charts.chart import Chart
from l2viz.charts.fitted_curve import FITTED_CURVE
from l2viz.charts.histogram import histogram
from l2viz.charts.loss_ledger import LOSS_LEDGER, PENALTY
from l2viz.charts.norms import NORMS
from l2viz.charts.score import ACCURACY, ERROR
from l2viz.charts.unit_pictures import UNIT_PICTURES
from l2viz.trajectory import Trajectory


@dataclass(frozen=True, kw_only=True)
class Readout:
    """A number beside the charts: array at the chosen (and each pinned) strength and epoch.

    form: "number" (three significant digits), "percent" or "points" (of a share)
    """

    label: str
    array: str
    form: str
    about: str


def charts_of(trajectory: Trajectory) -> tuple[Chart, ...]:
    """The charts of a trajectory in the order of the stage, variants of a slot together."""
    charts: list[Chart] = []
    if trajectory.grid_predictions is not None:
        charts.append(FITTED_CURVE)
    if trajectory.unit_pictures is not None:
        charts.append(UNIT_PICTURES)
    widest = max(
        range(len(trajectory.layer_names)),
        key=trajectory.context.kernel_sizes.__getitem__,
    )
    layers = sorted(range(len(trajectory.layer_names)), key=lambda layer: layer != widest)
    charts += [histogram(trajectory, layer) for layer in layers]
    charts += [
        NORMS,
        LOSS_LEDGER,
        ACCURACY if trajectory.val_accuracy is not None else ERROR,
    ]
    return (*charts, PENALTY)


def readouts_of(trajectory: Trajectory) -> tuple[Readout, ...]:
    """The numbers of a trajectory in reading order."""
    shared = (
        Readout(
            label="penalty",
            array="penalty_total",
            form="number",
            about="λ times the sum of squared weights of all regularized kernels",
        ),
        Readout(
            label="data loss",
            array="train_data_loss",
            form="number",
            about="on the training data, without penalty",
        ),
        Readout(
            label="shrinkage ratio",
            array="shrinkage_ratio",
            form="percent",
            about="norm of the kernels at this λ ÷ their norm at λ = 0, same seed and epoch",
        ),
    )
    if trajectory.val_accuracy is not None:
        return (
            *shared,
            Readout(
                label="training accuracy",
                array="train_accuracy",
                form="percent",
                about="share of training labels predicted",
            ),
            Readout(
                label="validation accuracy",
                array="val_accuracy",
                form="percent",
                about="share of validation labels predicted",
            ),
            Readout(
                label="gap",
                array="accuracy_gap",
                form="points",
                about="training accuracy - validation accuracy",
            ),
        )
    return (
        *shared,
        Readout(
            label="validation error",
            array="val_data_loss",
            form="number",
            about="mean squared error on noisy points never trained on",
        ),
        Readout(
            label="test error",
            array="test_data_loss",
            form="number",
            about="mean squared error against the true curve",
        ),
        Readout(
            label="gap",
            array="generalization_gap",
            form="number",
            about="validation data loss - training data loss",
        ),
    )
