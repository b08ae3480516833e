"""The charts of anyone's own model: those whose numbers a Recorder measures."""

from __future__ import annotations

import numpy as np

from l2viz.charts.coefficients import coefficient_paths
from l2viz.charts.core.chart import Chart
from l2viz.charts.gap import GAP
from l2viz.charts.gradients import gradients
from l2viz.charts.histogram import histogram, linear_histogram
from l2viz.charts.loss_ledger import LOSS_LEDGER, PENALTY
from l2viz.charts.norms import NORMS
from l2viz.charts.penalty_path import PENALTY_PATH, PENALTY_SHARE
from l2viz.charts.ridges import ridges
from l2viz.charts.score import ACCURACY
from l2viz.charts.score_path import SCORE_PATH
from l2viz.charts.sparsity import sparsity
from l2viz.trajectory import Trajectory


def charts_of_recorded(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of a run or a path of a RecordedModel, in the order of the chooser."""
    layers = range(len(trajectory.layer_names))
    sampled = np.isfinite(trajectory.sampled_gradients).any()
    path, validated = len(trajectory.strengths) > 1, np.isfinite(trajectory.val_data_loss).any()
    scored = path and validated
    return (
        *(histogram(trajectory, layer) for layer in layers),
        *(linear_histogram(trajectory, layer) for layer in layers),
        *([NORMS] if scored else []),
        *([LOSS_LEDGER] if np.isfinite(trajectory.train_data_loss).any() else []),
        *([ACCURACY] if trajectory.val_accuracy is not None else []),
        PENALTY,
        *([PENALTY_PATH, PENALTY_SHARE] if path else []),
        *([GAP, SCORE_PATH, *coefficient_paths(trajectory)] if scored else []),
        *(sparsity(trajectory, layer) for layer in layers),
        *(ridge for layer in layers for ridge in ridges(trajectory, layer)),
        *(gradients(trajectory) if sampled else ()),
    )
