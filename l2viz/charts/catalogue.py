"""Which charts a trajectory has, and the numbers that stand beside them."""

from __future__ import annotations

import numpy as np

from l2viz.charts.boundary import BOUNDARY
from l2viz.charts.coefficients import coefficient_paths
from l2viz.charts.collapse import COLLAPSE
from l2viz.charts.comparison import comparisons
from l2viz.charts.core.chart import Chart, Readout
from l2viz.charts.curvature import CURVATURE, has_curvature
from l2viz.charts.dummy_answer import DUMMY_ANSWER
from l2viz.charts.fitted_curve import FITTED_CURVE
from l2viz.charts.gap import GAP
from l2viz.charts.geometry import geometry
from l2viz.charts.gradients import gradients
from l2viz.charts.half_life import HALF_LIFE, has_idle_weights
from l2viz.charts.histogram import histogram, linear_histogram
from l2viz.charts.loss_ledger import LOSS_LEDGER, PENALTY
from l2viz.charts.norms import NORMS
from l2viz.charts.penalty_path import PENALTY_PATH, PENALTY_SHARE
from l2viz.charts.ridges import ridges
from l2viz.charts.score import ACCURACY, ERROR
from l2viz.charts.sparsity import sparsity
from l2viz.charts.unit_pictures import UNIT_PICTURES
from l2viz.charts.velocity import velocity_charts
from l2viz.charts.weight_matrix import weight_matrices
from l2viz.trajectory import Trajectory

USUAL_SLOTS = 6


def charts_of(trajectory: Trajectory) -> tuple[Chart, ...]:
    """The charts of a trajectory in the order of the chooser, variants of a slot together.

    The slots that come first are those of the opening scenes.
    """
    names = trajectory.layer_names
    sizes = trajectory.context.kernel_sizes
    layers = sorted(range(len(names)), key=lambda layer: layer != int(np.argmax(sizes)))
    compared = comparisons(trajectory)
    usual = [
        *([FITTED_CURVE] if trajectory.grid_predictions is not None else []),
        *([BOUNDARY] if trajectory.boundary is not None else []),
        *(chart for chart in compared if chart.slot == "compare"),
        *([UNIT_PICTURES] if trajectory.unit_pictures is not None else []),
        *(histogram(trajectory, layer) for layer in layers),
        *(linear_histogram(trajectory, layer) for layer in layers),
        NORMS,
        LOSS_LEDGER,
        ACCURACY if trajectory.val_accuracy is not None else ERROR,
        *(PENALTY, PENALTY_PATH, PENALTY_SHARE),
    ]
    return (
        *usual,
        GAP,
        COLLAPSE,
        *(chart for chart in compared if chart.slot != "compare"),
        *coefficient_paths(trajectory),
        *(sparsity(trajectory, layer) for layer in layers),
        *(ridge for layer in layers for ridge in ridges(trajectory, layer)),
        *weight_matrices(trajectory),
        *gradients(trajectory),
        *velocity_charts(trajectory),
        *([DUMMY_ANSWER] if trajectory.dummy_probabilities is not None else []),
        *geometry(trajectory),
        *([CURVATURE] if has_curvature(trajectory) else []),
        *([HALF_LIFE] if has_idle_weights(trajectory.twin()) else []),
    )


def usual_charts(charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    """The first of each of the first six slots: what stands on the stage until a viewer chooses."""
    slots: dict[str, Chart] = {}
    for chart in charts:
        slots.setdefault(chart.slot, chart)
    return tuple(slots.values())[:USUAL_SLOTS]


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
            about="mean squared error on noisy examples never trained on",
        ),
        Readout(
            label="test error",
            array="test_data_loss",
            form="number",
            about="mean squared error against the truth, without noise",
        ),
        Readout(
            label="gap",
            array="generalization_gap",
            form="number",
            about="validation data loss - training data loss",
        ),
    )
