"""scikit-learn's tables of measurements, with inputs standardised on the training examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l2viz.data.dataset import Dataset, Floats, redraw
from l2viz.experiment import Experiment

CANCER_HELD_OUT = 134  # validation examples, and as many for testing: of 569, 301 are left
WINE_HELD_OUT = 44  # of 178, 90 are left


def load_breast_cancer_table(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Load 30 measurements of 569 tumours: malignant (0) or benign (1)."""
    from sklearn.datasets import load_breast_cancer  # slow to import, and only needed here

    bunch = load_breast_cancer()
    return _table(experiment, generator, bunch.data, bunch.target, CANCER_HELD_OUT)


def load_wine_table(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Load 13 measurements of 178 wines of three growers."""
    from sklearn.datasets import load_wine

    bunch = load_wine()
    return _table(experiment, generator, bunch.data, bunch.target, WINE_HELD_OUT)


def _table(
    experiment: Experiment,
    generator: np.random.Generator,
    rows: Floats,
    labels: NDArray[np.integer],
    held_out: int,
) -> Dataset:
    """Shuffle, and hold out the last rows, whatever the training size."""
    from sklearn.preprocessing import StandardScaler

    order = generator.permutation(len(rows))
    inputs, targets = rows[order], labels[order].astype(np.int32)
    size, first = experiment.train_size, len(rows) - 2 * held_out
    train_targets, redrawn = redraw(experiment, generator, targets[:size], int(labels.max()) + 1)
    inputs = StandardScaler().fit(inputs[:size]).transform(inputs).astype(experiment.dtype)
    return Dataset(
        train_inputs=inputs[:size],
        train_targets=train_targets,
        val_inputs=inputs[first : first + held_out],
        val_targets=targets[first : first + held_out],
        test_inputs=inputs[first + held_out :],
        test_targets=targets[first + held_out :],
        redrawn=redrawn,
        true_targets=targets[:size],
    )
