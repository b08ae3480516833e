"""Sensitivity to rounding: how far `fit` is moved by changes of one unit in the last place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import keras
import numpy as np
from numpy.typing import NDArray

from l2viz import data
from l2viz.engine.model import compiled_model
from l2viz.experiment import Experiment

Outcome = Mapping[str, float]


def last_place_outcomes(experiment: Experiment, *, strength: float, count: int) -> list[Outcome]:
    """Train one member `count` times by Keras's `fit`, with rounding noise but the first time.

    Initial weights, data and batches are the same. The noise moves each weight by one unit in the
    last place before every step, up or down at random, as another order of summation does in
    another program or on another machine. Each Outcome has `val_data_loss`, `penalty`,
    `kernel_norm` of all regularized kernels together, `moved`, the largest difference of any weight
    from the first run, and, for classification, `val_accuracy`.
    """
    dataset = data.load(experiment)
    validation = dataset.val_inputs, dataset.val_targets
    outcomes: list[Outcome] = []
    first: list[NDArray[np.floating]] = []
    for number in range(count):
        model = compiled_model(experiment, strength=strength)
        model.fit(
            _batches(experiment, dataset),
            steps_per_epoch=experiment.steps_per_epoch,
            epochs=experiment.epochs,
            shuffle=False,
            callbacks=[_Moving(seed=number)] if number else [],
            verbose=0,
        )
        scores = model.evaluate(*validation, verbose=0, return_dict=True)
        penalty = float(sum(model.losses))
        kernels = [v for v in model.trainable_variables if v.regularizer and v.name != "bias"]
        squares = sum(float(np.square(kernel.numpy()).sum()) for kernel in kernels)
        weights = model.get_weights()
        first = first or weights
        outcome = {
            "moved": max(float(np.abs(a - b).max()) for a, b in zip(weights, first, strict=True)),
            "val_data_loss": scores["loss"] - penalty,
            "penalty": penalty,
            "kernel_norm": squares**0.5,
        }
        if "accuracy" in scores:
            outcome["val_accuracy"] = scores["accuracy"]
        outcomes.append(outcome)
    return outcomes


class _Moving(keras.callbacks.Callback):  # type: ignore[misc]
    """Moves each weight by one unit in the last place before every step; zeros stay zero."""

    def __init__(self, *, seed: int) -> None:
        super().__init__()
        self._generator = np.random.default_rng(seed)

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        for variable in self.model.trainable_variables:
            weight = variable.numpy()
            ends = np.array([-np.inf, np.inf], weight.dtype)
            moved = np.nextafter(weight, self._generator.choice(ends, weight.shape))
            variable.assign(np.where(weight == 0.0, weight, moved))


def largest_difference(outcomes: list[Outcome]) -> dict[str, float]:
    """Return the range of each figure over all outcomes."""
    return {name: float(np.ptp([outcome[name] for outcome in outcomes])) for name in outcomes[0]}


def _batches(
    experiment: Experiment, dataset: data.Dataset
) -> Iterator[tuple[NDArray[np.floating], NDArray[np.generic]]]:
    """Yield the path's batches forever."""
    generator = np.random.default_rng(experiment.seed)
    while True:
        order = generator.permutation(experiment.train_size)
        for start in range(0, len(order), experiment.batch_size):
            rows = order[start : start + experiment.batch_size]
            yield dataset.train_inputs[rows], dataset.train_targets[rows]
