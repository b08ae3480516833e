"""Dataset: the arrays of one experiment; and a function that several datasets share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment import Experiment

Floats = NDArray[np.floating]
Labels = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """The arrays of one experiment.

    train_inputs, val_inputs, test_inputs      (examples, inputs), in the experiment's dtype
    train_targets, val_targets, test_targets   (examples,) int32 classes, or (examples, 1) values
    redrawn        (train examples,) bool: the training labels that were re-drawn
    true_targets   (train examples,) int32: the training labels before that; None for regression
    grid_inputs    (points, 1) if the fitted function is drawn as a curve, or (side², 2) if it is
                   drawn over a plane: rows from the lowest y up
    grid_truth     (points,) of a curve: the function without noise
    grid_extent    (lowest x, highest x, lowest y, highest y) of a plane's grid
    true_kernel    (inputs,) of a linear set: the coefficients it was drawn with
    """

    train_inputs: Floats
    train_targets: NDArray[np.generic]
    val_inputs: Floats
    val_targets: NDArray[np.generic]
    test_inputs: Floats
    test_targets: NDArray[np.generic]
    redrawn: NDArray[np.bool_]
    true_targets: Labels | None = None
    grid_inputs: Floats | None = None
    grid_truth: Floats | None = None
    grid_extent: tuple[float, float, float, float] | None = None
    true_kernel: Floats | None = None


def given_points(experiment: Experiment) -> tuple[Floats, Floats]:
    """Return the inputs, (N, 1 or 2), and the last column, (N, 1), of the points given."""
    rows = np.array(experiment.points).astype(experiment.dtype)
    return rows[:, :-1], rows[:, -1:]


def redraw(
    experiment: Experiment,
    generator: np.random.Generator,
    labels: Labels,
    classes: int,
) -> tuple[Labels, NDArray[np.bool_]]:
    """Redraw a share `label_noise` of the labels; return all labels, and which were redrawn."""
    redrawn = generator.random(labels.size) < experiment.label_noise
    noisy = labels.copy()
    noisy[redrawn] = generator.integers(0, classes, int(redrawn.sum()))
    return noisy, redrawn
