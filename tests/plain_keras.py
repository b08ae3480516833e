"""One member trained with plain Keras, as the reference for paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from l2viz.data import Dataset
from l2viz.engine.model import build_optimizer, compiled_model
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment

Arrays = list[NDArray[Any]]
Cell = tuple[int, int, int]  # twin, repeat and strength of a member


def batch_orders(experiment: Experiment) -> Iterator[NDArray[Any]]:
    """Yield the order of the training examples in each epoch, by its specification."""
    generator = np.random.default_rng(experiment.seed)
    for _ in range(experiment.epochs):
        yield generator.permutation(experiment.train_size)


class Batches:
    """The path's batches as a dataset for `fit`; epochs only change the order."""

    def __init__(self, experiment: Experiment, dataset: Dataset) -> None:
        self.size = experiment.batch_size
        self.inputs, self.targets = dataset.train_inputs, dataset.train_targets
        self.orders: list[NDArray[Any]] = []
        signature = tuple(
            tf.TensorSpec((None, *array.shape[1:]), array.dtype)
            for array in (self.inputs, self.targets)
        )
        self.dataset = tf.data.Dataset.from_generator(self.batches, output_signature=signature)

    def batches(self) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        for order in self.orders:
            for start in range(0, len(order), self.size):
                rows = order[start : start + self.size]
                yield self.inputs[rows], self.targets[rows]

    def fit(self, model: keras.Model, *orders: NDArray[Any]) -> None:
        """Call `fit` once, for epochs in these orders."""
        self.orders = list(orders)
        steps = sum(-(-len(order) // self.size) for order in orders)
        model.fit(self.dataset, steps_per_epoch=steps, shuffle=False, verbose=0)


class PlainMember:
    """The compiled model of one cell of a path, trained by `fit`, one call for each epoch.

    Where a schedule changes λ, the next epoch is that of a new model with the new λ, which takes
    over weights and optimizer: `fit` alone cannot do that. Unless `traced`, steps run eagerly: for
    a few steps that takes a third of the time, and TensorFlow keeps no memory for a trace.
    """

    def __init__(self, path: PathTraining, cell: Cell, *, traced: bool = False) -> None:
        twin, repeat, member = cell
        self.experiment = path.experiment.each_repeat[repeat]
        self.penalty = path.experiment.penalties[twin]
        self.strength = path.experiment.strengths[member]
        self.row = int(path.table.cells[cell])
        self.orders = batch_orders(self.experiment)
        self._batches = Batches(self.experiment, path.datasets[repeat])
        self._epoch, self._attached, self._eager = 0, -1.0, not traced
        self.model: keras.Sequential = self._model_at(1)

    def fit(self) -> None:
        """Train the next epoch."""
        self._epoch += 1
        self.model = self._model_at(self._epoch)
        self.fit_order(next(self.orders))

    def fit_order(self, order: NDArray[Any]) -> None:
        """Train an epoch in this order with the current model."""
        self._batches.fit(self.model, order)

    @property
    def weights(self) -> Arrays:
        """Return trainable weights, then the state of BatchNorm and Dropout."""
        return [variable.numpy() for variable in self._variables(self.model)]

    def take_over(self, path: PathTraining) -> None:
        """Set weights, state and optimizer to those of the path's member."""
        self.model = self._model_at(self._epoch + 1)
        values = path.member_weights(self.row) + path.member_state(self.row)
        values += optimizer_state(path, self.row)
        variables = self._variables(self.model) + self.model.optimizer.variables
        for variable, value in zip(variables, values, strict=True):
            assert variable.shape == value.shape
            variable.assign(value)

    def _model_at(self, epoch: int) -> keras.Sequential:
        """Return the model for the epoch with this number; a new one only if λ has changed."""
        share = self.experiment.schedule_share(epoch)
        strength = share * self.strength + (1.0 - share) * self.experiment.schedule_from
        if strength == self._attached:
            return self.model
        self._attached = strength
        model = compiled_model(self.experiment, strength=strength, penalty=self.penalty)
        model.run_eagerly = self._eager
        model.optimizer.build(model.trainable_variables)
        if epoch > 1:
            after = self._variables(model) + model.optimizer.variables
            before = self._variables(self.model) + self.model.optimizer.variables
            for new, old in zip(after, before, strict=True):
                new.assign(old)
        return model

    @staticmethod
    def _variables(model: keras.Sequential) -> list[keras.Variable]:
        return model.trainable_variables + model.non_trainable_variables


def path_weights(path: PathTraining, row: int) -> Arrays:
    """Return the same variables of one row of a path, in the order of `PlainMember.weights`."""
    return path.member_weights(row) + path.member_state(row)


def optimizer_state(path: PathTraining, row: int) -> Arrays:
    """Return the variables that Keras's optimizer has for one row of a path, in Keras's order."""
    program, position = path.holding(row)
    plain = build_optimizer(path.experiment)
    plain.build(program.model.model.trainable_variables)
    slots = {
        name: iter([part.numpy()[position] for part in program.model.split(slot)])
        for name, slot in program.optimizer.slots.items()
    }
    shared = {
        "iteration": program.optimizer.iterations.numpy(),
        "learning_rate": program.optimizer.learning_rate.numpy(),
    }
    # Keras names a slot by its weight and its kind: "..._kernel_momentum".
    return [
        shared[variable.name]
        if variable.name in shared
        else next(slots[variable.name.rpartition("_")[2]])
        for variable in plain.variables
    ]


def largest_difference(ours: Arrays, theirs: Arrays) -> float:
    """Return the largest difference of any two numbers; both have the same shapes."""
    assert [array.shape for array in ours] == [array.shape for array in theirs]
    pairs = zip(ours, theirs, strict=True)
    return max(float(np.abs(a.astype(float) - b.astype(float)).max()) for a, b in pairs)
