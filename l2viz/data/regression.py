"""Regressions drawn from formulas: a noisy sine, and many features of which few matter."""

from __future__ import annotations

import numpy as np

from l2viz.data.dataset import Dataset, Floats, given_points
from l2viz.experiment import Experiment

CURVE_DRAWN_SIZE = 15  # points drawn before those to validate on, if none of them is used
CURVE_VALIDATION_SIZE = 200
CURVE_TEST_SIZE = 200
CURVE_GRID_SIZE = 101
LINEAR_FEATURES = 200
LINEAR_HELD_OUT = 200  # validation examples, and as many for testing
TRUE_COEFFICIENTS = 2  # of the linear set; all others are 0


def load_curve(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Draw sin(πx) on [-1, 1]: noisy points to train and validate on, the true curve to test on."""

    def truth(inputs: Floats) -> Floats:
        sine: Floats = np.sin(np.pi * inputs)
        return sine

    def noisy(size: int) -> tuple[Floats, Floats]:
        inputs = generator.uniform(-1.0, 1.0, (size, 1))
        targets = truth(inputs) + experiment.noise * generator.standard_normal((size, 1))
        return inputs.astype(experiment.dtype), targets.astype(experiment.dtype)

    train_inputs, train_targets = noisy(
        CURVE_DRAWN_SIZE if experiment.points else experiment.train_size
    )
    if experiment.points:
        train_inputs, train_targets = given_points(experiment)
    val_inputs, val_targets = noisy(CURVE_VALIDATION_SIZE)
    test_inputs = np.linspace(-1.0, 1.0, CURVE_TEST_SIZE)[:, None].astype(experiment.dtype)
    grid = np.linspace(-1.0, 1.0, CURVE_GRID_SIZE)[:, None].astype(experiment.dtype)
    return Dataset(
        train_inputs=train_inputs,
        train_targets=train_targets,
        val_inputs=val_inputs,
        val_targets=val_targets,
        test_inputs=test_inputs,
        test_targets=truth(test_inputs),
        redrawn=np.zeros(experiment.train_size, dtype=bool),
        grid_inputs=grid,
        grid_truth=truth(grid)[:, 0],
    )


def load_linear(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Draw y = x·w with 200 standard normal features; w is ±1 for two of them, else 0.

    Targets for training and validation are noisy, those for testing are exact.
    """
    kernel = np.zeros(LINEAR_FEATURES)
    places = generator.permutation(LINEAR_FEATURES)[:TRUE_COEFFICIENTS]
    kernel[places] = generator.choice((-1.0, 1.0), TRUE_COEFFICIENTS)

    def drawn(size: int, noise: float) -> tuple[Floats, Floats]:
        inputs = generator.standard_normal((size, LINEAR_FEATURES))
        targets = (inputs @ kernel)[:, None] + noise * generator.standard_normal((size, 1))
        return inputs.astype(experiment.dtype), targets.astype(experiment.dtype)

    val_inputs, val_targets = drawn(LINEAR_HELD_OUT, experiment.noise)
    test_inputs, test_targets = drawn(LINEAR_HELD_OUT, 0.0)
    train_inputs, train_targets = drawn(experiment.train_size, experiment.noise)
    return Dataset(
        train_inputs=train_inputs,
        train_targets=train_targets,
        val_inputs=val_inputs,
        val_targets=val_targets,
        test_inputs=test_inputs,
        test_targets=test_targets,
        redrawn=np.zeros(experiment.train_size, dtype=bool),
        true_kernel=kernel,
    )
