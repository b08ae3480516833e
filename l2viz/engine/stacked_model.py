"""StackedModel: one Keras model whose weights are stacked over the networks of a shard.

A single variable holds the trainable weights of every member, one member to a row. Functions of
one network are mapped over the rows by `tf.vectorized_map`, or looped over them.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from l2viz.engine.model import build_loss, build_model, initial_state, initial_weights
from l2viz.engine.stacked_conv import PathConv2D
from l2viz.engine.stacked_rows import Layout, Weights, map_rows
from l2viz.engine.threads import set_threads
from l2viz.experiment import Experiment
from l2viz.path.structure import Structure


class StackedModel:
    """The model, its data loss and its stacked weights: S rows.

    kernel_positions   of the regularized kernels among the trainable weights
    bias_positions     of the regularized bias that belongs to each of them, or None
    groups             positions of the weights with a regularizer, by the strength that they share:
                       one group, or one for each layer
    kernel_groups      number of each regularized kernel's group
    hidden_positions   of the kernels of a dense network's hidden layers
    path               variable (S, total weights): all trainable weights
    """

    def __init__(self, experiment: Experiment) -> None:
        set_threads(1)
        self.structure = Structure.of(experiment)
        # Each regularizer has strength 1: a member's λ multiplies its result.
        whole = dataclasses.replace(experiment, strength_multipliers=())
        self.model = build_model(whole, strength=1.0, penalty="l2", convolution=PathConv2D)
        self.loss = build_loss(experiment)
        weights = self.model.trainable_variables
        self._layout = Layout([weight.shape for weight in weights])
        self._shapes, self._sizes = self._layout.shapes, self._layout.sizes
        self.groups = _groups(self.model, by_layer=self.structure.by_layer)
        regularized = sorted(position for group in self.groups for position in group)
        self.kernel_positions = [i for i in regularized if weights[i].name != "bias"]
        self.kernel_groups = [
            next(number for number, group in enumerate(self.groups) if kernel in group)
            for kernel in self.kernel_positions
        ]
        self.bias_positions = _biases_of_kernels(experiment, self.kernel_positions, weights)
        kernels = [i for i, weight in enumerate(weights) if weight.name == "kernel"]
        self.hidden_positions = kernels[: len(self.structure.hidden)]
        rows = self.structure.rows
        zeros = np.zeros((rows, sum(self._sizes)))
        self.path = tf.Variable(zeros, dtype=experiment.dtype, name="path")
        self._state = [  # of BatchNorm and Dropout
            tf.Variable(tf.zeros((rows, *variable.shape), variable.dtype))
            for variable in self.model.non_trainable_variables
        ]

    @property
    def weight_count(self) -> int:
        """Return the number of trainable weights of all rows together."""
        count: int = self.structure.rows * sum(self._sizes)
        return count

    @property
    def values(self) -> Weights:
        """Return the stacked trainable weights in Keras's order, (S, *weight shape) each."""
        return self.split(self.path.value())

    def kernel(self, layer: int) -> NDArray[Any]:
        """Return a stacked regularized kernel as it is now, (S, *kernel shape), not traced."""
        position = self.kernel_positions[layer]
        start = sum(self._sizes[:position])
        flat: NDArray[Any] = self.path.numpy()[:, start : start + self._sizes[position]]
        return flat.reshape(-1, *self._shapes[position])

    @property
    def state(self) -> list[tf.Tensor]:
        """Return the stacked non-trainable variables in Keras's order, (S, *shape) each."""
        return [variable.value() for variable in self._state]

    def assign_state(self, state: list[tf.Tensor]) -> None:
        """Replace the stacked non-trainable variables."""
        for variable, value in zip(self._state, state, strict=True):
            variable.assign(value)

    @property
    def variables(self) -> list[tf.Variable]:
        """Return all variables that training changes."""
        return [self.path, *self._state]

    def restart(self, experiment: Experiment) -> None:
        """Set every row to the initial weights and state of this experiment's seed."""
        rows = self.structure.rows
        weights = np.concatenate([weight.reshape(-1) for weight in initial_weights(experiment)])
        self.path.assign(np.tile(weights, (rows, 1)))
        self.assign_state([np.stack([values] * rows) for values in initial_state(experiment)])

    def split(self, rows: tf.Tensor) -> Weights:
        """Split (S, total weights) into stacked weights, (S, *weight shape), in Keras's order."""
        return self._layout.split(rows)

    def kernel_masks(self) -> NDArray[Any]:
        """Return 1 for weights of a group's kernels, 0 for all others, (G, total weights)."""
        masks = np.zeros((len(self.groups), len(self._sizes)))
        masks[self.kernel_groups, self.kernel_positions] = 1.0
        return np.repeat(masks, self._sizes, axis=1)

    # ---- functions of one member, applied to all

    def predict(self, weights: Weights, state: list[tf.Tensor], inputs: tf.Tensor) -> tf.Tensor:
        """Return the model's output for one member's weights, like Keras's `predict`."""
        return self.model.stateless_call(weights, state, inputs, training=False)[0]

    def map_members(self, function: Callable[..., Any], *stacked: Any) -> Any:
        """Call `function` on each row of `stacked`, vectorized over rows; return (S, ...)."""
        return map_rows(function, *stacked)

    def map_inputs(self, function: Callable[..., Any], inputs: tf.Tensor, *stacked: Any) -> Any:
        """Call `function(inputs, *row)` on each row, with the same inputs, (B, ...).

        Dense layers are fastest with the inputs repeated for every member: each layer is one
        batched product. Mapped over the weights alone, TensorFlow would transpose all kernels of
        the first layer. Convolutions are fastest with the inputs once: their kernels are small,
        their patches large.
        """
        if self.structure.convolutional or self.structure.rows == 1:
            return self.map_members(lambda *rows: function(inputs, *rows), *stacked)
        return self.map_members(function, self.repeat_over_rows(inputs), *stacked)

    def loop_members(self, function: Callable[..., Any], signature: Any, *stacked: Any) -> Any:
        """Call `function` on each row of `stacked`, one after the other; return (S, ...).

        Faster than `map_members` where the activations of one member fill the cache.
        """
        return tf.map_fn(
            lambda rows: function(*rows),
            stacked,
            fn_output_signature=signature,
            parallel_iterations=1,
        )

    def repeat_over_rows(self, of_one: tf.Tensor) -> tf.Tensor:
        """Repeat what all rows share: (...) -> (S, ...)."""
        return tf.repeat(of_one[None], self.structure.rows, axis=0)


def _groups(model: keras.Sequential, *, by_layer: bool) -> list[list[int]]:
    """Return the positions of the weights with a regularizer, by layer or in one group."""
    position = {id(weight): i for i, weight in enumerate(model.trainable_variables)}
    layers = [
        [position[id(weight)] for weight in layer.trainable_variables if weight.regularizer]
        for layer in model.layers
    ]
    groups = [layer for layer in layers if layer]
    return groups if by_layer else [list(itertools.chain.from_iterable(groups))]


def _biases_of_kernels(
    experiment: Experiment, kernels: list[int], weights: list[Any]
) -> list[int | None]:
    """Return, for each kernel, the position of its layer's regularized bias, or None."""
    found: list[int | None] = []
    for kernel in kernels:
        after = kernel + 1  # Keras puts a layer's bias right after its last kernel
        beside = after < len(weights) and weights[after].name == "bias"
        found.append(after if beside and experiment.bias_regularizer else None)
    return found
