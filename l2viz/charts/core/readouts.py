"""The numbers beside the charts of a run, in reading order."""

from __future__ import annotations

import dataclasses

import numpy as np

from l2viz.charts.core.drawing import Readout
from l2viz.trajectory import RecordedModel, Trajectory

ACCURACY_GAP = Readout(
    label="gap",
    array="accuracy_gap",
    form="points",
    about="training accuracy - validation accuracy",
)
LOSS_GAP = Readout(
    label="gap",
    array="generalization_gap",
    form="number",
    about="validation data loss - training data loss",
)
_PENALTY = Readout(
    label="penalty",
    array="penalty_total",
    form="number",
    about="λ times the sum of squared weights of all regularized kernels",
)
_MULTIPLIED_PENALTY = dataclasses.replace(
    _PENALTY, about="sum over the layers of λ times the multiplier times the squared weights"
)
_SHARED = (
    _PENALTY,
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
_CLASSIFICATION = (
    Readout(
        label="training accuracy",
        array="train_accuracy",
        form="percent",
        about="share of training labels predicted correctly",
    ),
    Readout(
        label="validation accuracy",
        array="val_accuracy",
        form="percent",
        about="share of validation labels predicted correctly",
    ),
    ACCURACY_GAP,
)
_REGRESSION = (
    Readout(
        label="validation error",
        array="val_data_loss",
        form="number",
        about="mean squared error on noisy examples that were not trained on",
    ),
    Readout(
        label="test error",
        array="test_data_loss",
        form="number",
        about="mean squared error against the truth, without noise",
    ),
    LOSS_GAP,
)


_VALIDATION_LOSS = Readout(
    label="validation data loss",
    array="val_data_loss",
    form="number",
    about="on the validation data, without penalty",
)


def readouts_of(trajectory: Trajectory) -> tuple[Readout, ...]:
    """Return the numbers that a trajectory has."""
    multiplied = set(trajectory.trained.kernel_multipliers) != {1.0}
    shared = (_MULTIPLIED_PENALTY, *_SHARED[1:]) if multiplied else _SHARED
    if isinstance(trajectory.trained, RecordedModel) and trajectory.val_accuracy is None:
        validated = np.isfinite(trajectory.val_data_loss).any()
        return (*shared, *((_VALIDATION_LOSS, LOSS_GAP) if validated else ()))
    return (*shared, *(_REGRESSION if trajectory.val_accuracy is None else _CLASSIFICATION))
