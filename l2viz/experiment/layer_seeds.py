"""The seeds of a network's random parts, from the experiment's own: known without Keras."""

from __future__ import annotations

import numpy as np

from l2viz.experiment.experiment import Experiment

_WEIGHT_STREAM = 2  # keeps the draws of initial weights apart from those of data and batches
_DROPOUT_STREAM = 3


def initializer_seeds(experiment: Experiment) -> list[int]:
    """One seed for each kernel, from the experiment's."""
    count = sum(len(plan.kernels) for plan in experiment.layers)
    return _seeds(experiment, _WEIGHT_STREAM, count)


def dropout_seeds(experiment: Experiment) -> list[int]:
    """One seed for the Dropout after each layer, from the experiment's."""
    return _seeds(experiment, _DROPOUT_STREAM, len(experiment.layers))


def _seeds(experiment: Experiment, stream: int, count: int) -> list[int]:
    sequence = np.random.SeedSequence([experiment.seed, stream])
    return [int(seed) for seed in sequence.generate_state(count)]
