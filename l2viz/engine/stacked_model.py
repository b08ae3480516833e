"""PathProgram: one Keras model stacked over the members, and the training step traced for it.

A single variable holds the trainable weights of every member, one member to a row. A step maps the
model's own `stateless_call` over the rows (`tf.vectorized_map`), adds λₖ times the result of the
model's own regularizers to each data loss, and differentiates the sum over members: as no member's
loss depends on another's weights, this gives each member its own gradient. Keras's optimizers are
elementwise, so one optimizer of that variable trains every member. The result is what one call of
`model.fit` for each member computes, in one pass.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from l2viz.engine.members import MemberTable
from l2viz.engine.model import (
    build_loss,
    build_model,
    build_optimizer,
    initial_state,
    initial_weights,
)
from l2viz.engine.stacked_conv import PathConv2D
from l2viz.engine.stacked_optimizer import PathOptimizer
from l2viz.engine.threads import set_threads
from l2viz.engine.trace_key import Structure
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS

Weights = list[tf.Tensor]


class PathProgram:
    """The stacked weights of one structure and the functions traced for them."""

    def __init__(self, experiment: Experiment) -> None:
        set_threads(1)
        self.structure = Structure.of(experiment)
        # Each regularizer has strength 1: a member's λ multiplies its result.
        self.model = build_model(experiment, strength=1.0, penalty="l2", convolution=PathConv2D)
        weights = self.model.trainable_variables
        self._shapes = [tuple(weight.shape) for weight in weights]
        self._sizes = [math.prod(shape) for shape in self._shapes]
        self._regularized = [i for i, w in enumerate(weights) if w.regularizer is not None]
        self.kernel_positions = [i for i in self._regularized if weights[i].name != "bias"]
        self.bias_positions = _biases_of_kernels(experiment, self.kernel_positions, weights)
        rows, dtype = self.structure.rows, experiment.dtype
        self._path = tf.Variable(np.zeros((rows, sum(self._sizes))), dtype=dtype, name="path")
        self._state = [  # of BatchNorm and Dropout
            tf.Variable(tf.zeros((rows, *variable.shape), variable.dtype))
            for variable in self.model.non_trainable_variables
        ]
        self._coefficients = {
            name: tf.Variable(np.zeros(rows), dtype=dtype, name=name)
            for name in self.structure.terms
        }
        self._is_kernel = tf.constant(self._kernel_mask(), dtype=dtype)
        self.optimizer = PathOptimizer(experiment, self._path)
        self.loss = build_loss(experiment)
        # Not at import: they hold tensors, after whose creation TensorFlow takes no thread count.
        self._regularizers = {
            term: regularizer(1.0)
            for term, regularizer in _REGULARIZERS.items()
            if term in self.structure.terms
        }
        self._traced: dict[str, Callable[..., Any]] = {}
        # AutoGraph is not needed, and it parses source text, which breaks with new Python versions.
        self.train = tf.function(
            self._train, input_signature=self._signature(experiment), autograph=False
        )

    @property
    def weight_count(self) -> int:
        """Return the number of trainable weights of all members together."""
        count: int = self.structure.rows * sum(self._sizes)
        return count

    @property
    def first_rows(self) -> int:
        """Return the number of rows of the first repeat, which come first."""
        return self.structure.rows // self.structure.repeats

    def restart(self, experiments: list[Experiment]) -> None:
        """Set every member to its repeat's initial weights, and reset the optimizer."""
        weights = [
            np.concatenate([weight.reshape(-1) for weight in initial_weights(repeat)])
            for repeat in experiments
        ]
        self._path.assign(np.repeat(weights, self.first_rows, axis=0))
        states = zip(*(initial_state(repeat) for repeat in experiments), strict=True)
        for variable, values in zip(self._state, states, strict=True):
            variable.assign(np.repeat(values, self.first_rows, axis=0))
        self.optimizer.restart(experiments[0].learning_rate)

    def set_strengths(self, table: MemberTable, epoch: int) -> None:
        """Set the penalty coefficients of each row for an epoch, counted from 1."""
        coefficients = table.coefficients(epoch)
        for name, variable in self._coefficients.items():
            variable.assign(getattr(coefficients, name))

    # ---- reading

    @property
    def values(self) -> Weights:
        """Return the stacked trainable weights in Keras's order, (M, *weight shape) each."""
        return self.split(self._path.value())

    @property
    def state(self) -> list[tf.Tensor]:
        """Return the stacked non-trainable variables in Keras's order, (M, *shape) each."""
        return [variable.value() for variable in self._state]

    def penalties(self, values: Weights) -> tf.Tensor:
        """Return the penalty of each kernel and its layer's bias at these weights, (M, L)."""
        columns = []
        for kernel, bias in zip(self.kernel_positions, self.bias_positions, strict=True):
            members = [values[kernel]] if bias is None else [values[kernel], values[bias]]
            columns.append(tf.add_n([self._penalty_of(stacked) for stacked in members]))
        return tf.stack(columns, axis=1)

    def _penalty_of(self, stacked: tf.Tensor) -> tf.Tensor:
        """Return λ·Σw² and λ·Σ|w|, whichever a row has, of one stacked weight, (M,)."""
        axes = list(range(1, stacked.shape.rank))
        penalty = tf.zeros(self.structure.rows, stacked.dtype)
        if "squares" in self._coefficients:
            squares = tf.reduce_sum(tf.square(stacked), axis=axes)
            penalty += self._coefficients["squares"] * squares
        if "magnitudes" in self._coefficients:
            magnitudes = tf.reduce_sum(tf.abs(stacked), axis=axes)
            penalty += self._coefficients["magnitudes"] * magnitudes
        return penalty

    def member_optimizer_state(self, experiment: Experiment, row: int) -> list[NDArray[Any]]:
        """Return the variables of Keras's optimizer for one row, in Keras's order."""
        plain = build_optimizer(experiment)
        plain.build(self.model.trainable_variables)
        slots: dict[str, Iterator[NDArray[Any]]] = {
            name: iter([part.numpy()[row] for part in self.split(slot)])
            for name, slot in self.optimizer.slots.items()
        }
        shared = {
            "iteration": self.optimizer.iterations.numpy(),
            "learning_rate": self.optimizer.learning_rate.numpy(),
        }
        # Keras names a slot by its weight and its kind: "..._kernel_momentum".
        return [
            shared[variable.name]
            if variable.name in shared
            else next(slots[variable.name.rpartition("_")[2]])
            for variable in plain.variables
        ]

    # ---- functions of all members

    def answers(self, weights: Weights, state: list[tf.Tensor], inputs: tf.Tensor) -> tf.Tensor:
        """Return the model's output for one member's weights, like Keras's `predict`."""
        return self.model.stateless_call(weights, state, inputs, training=False)[0]

    def traced(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call `function(self, *arguments)`, traced once for any number of examples."""
        if name not in self._traced:
            signature = tf.nest.map_structure(_any_examples, arguments)
            bound = functools.partial(function, self)
            traced = tf.function(bound, input_signature=signature, autograph=False)
            self._traced[name] = traced.get_concrete_function()  # called in a third of the time
        return self._traced[name](*arguments)

    def map_members(self, function: Callable[..., Any], *stacked: Any) -> Any:
        """Call `function` on each row of `stacked`, vectorized over rows; return (M, ...)."""
        if tf.nest.flatten(stacked)[0].shape[0] == 1:  # unmapped it takes half as many operations
            only = function(*tf.nest.map_structure(lambda rows: tf.squeeze(rows, 0), stacked))
            return tf.nest.map_structure(lambda result: result[None], only)
        return tf.vectorized_map(lambda rows: function(*rows), stacked)

    def loop_members(self, function: Callable[..., Any], signature: Any, *stacked: Any) -> Any:
        """Call `function` on each row of `stacked`, one after the other; return (M, ...).

        Faster than `map_members` where the activations of one member fill the cache.
        """
        return tf.map_fn(
            lambda rows: function(*rows),
            stacked,
            fn_output_signature=signature,
            parallel_iterations=1,
        )

    def _train(self, inputs: tf.Tensor, targets: tf.Tensor, orders: tf.Tensor) -> None:
        """Train in `orders`, (R, epochs, N), on inputs (R, N, features) and their targets."""
        _, epochs, examples = tf.unstack(tf.shape(orders))
        batch_size = self.structure.batch_size
        steps = (examples + batch_size - 1) // batch_size  # of one epoch

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            start = index % steps * batch_size
            end = tf.minimum(start + batch_size, examples)
            batch = orders[:, index // steps, start:end]  # (R, B)
            self._step(self._batch(inputs, batch), self.of_each_row(self._batch(targets, batch)))
            return (index + 1,)

        tf.while_loop(lambda index: index < epochs * steps, step, (tf.constant(0),))

    def _batch(self, examples: tf.Tensor, batch: tf.Tensor) -> tf.Tensor:
        """Return the examples at the positions `batch`, (R, B): (R, B, ...)."""
        if self.structure.repeats == 1:
            return tf.gather(examples[0], batch[0])[None]
        return tf.gather(examples, batch, batch_dims=1)

    def of_each_row(self, of_each_repeat: tf.Tensor) -> tf.Tensor:
        """Repeat each repeat's entry for all of its rows: (R, ...) -> (M, ...)."""
        return tf.repeat(of_each_repeat, self.first_rows, axis=0)

    def map_inputs(self, function: Callable[..., Any], inputs: tf.Tensor, *stacked: Any) -> Any:
        """Call `function(inputs, *row)` on each row, with its repeat's inputs, (R, B, ...).

        Dense layers are fastest with the inputs repeated for every member: each layer is one
        batched product. Mapped over the weights alone, TensorFlow would transpose all kernels of
        the first layer. Convolutions are fastest with the inputs once: their kernels are small,
        their patches large.
        """
        if self.structure.convolutional and self.structure.repeats == 1:
            return self.map_members(lambda *rows: function(inputs[0], *rows), *stacked)
        return self.map_members(function, self.of_each_row(inputs), *stacked)

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> None:
        """Update every member by one batch: inputs (R, B, features), targets (M, B, ...)."""
        path = tf.convert_to_tensor(self._path.value())
        with tf.GradientTape() as tape:
            tape.watch(path)
            losses, state = self.map_inputs(
                self._member_losses, inputs, self.split(path), self.state, targets
            )
            total = tf.reduce_sum(losses.pop("data_loss"))
            for term, values in losses.items():
                total += tf.reduce_sum(self._coefficients[term] * values)
        gradient = tape.gradient(total, path, output_gradients=self.optimizer.gradient_scale())
        for variable, value in zip(self._state, state, strict=True):
            variable.assign(value)
        self._decay()
        self.optimizer.apply(gradient)
        self._soften()

    def _member_losses(
        self, inputs: tf.Tensor, weights: Weights, state: list[tf.Tensor], targets: tf.Tensor
    ) -> tuple[dict[str, tf.Tensor], list[tf.Tensor]]:
        """Return one member's data loss, its penalties at strength 1, and its new state."""
        outputs, state = self.model.stateless_call(weights, state, inputs, training=True)
        losses = {"data_loss": self.loss(targets, outputs)}
        for term, regularizer in self._regularizers.items():
            losses[term] = tf.add_n([regularizer(weights[i]) for i in self._regularized])
        return losses, state

    def _decay(self) -> None:
        """Decay the weights before the step, w ← w - w·decay·rate (keras base_optimizer.py)."""
        rate = self.optimizer.learning_rate
        if "decay" in self._coefficients:
            decay = (self._coefficients["decay"] * rate)[:, None]
            self._path.assign_sub(self._path * decay)
        if "kernel_decay" in self._coefficients:
            decay = (self._coefficients["kernel_decay"] * rate)[:, None]
            self._path.assign_sub(self._path * (decay * self._is_kernel))

    def _soften(self) -> None:
        """Soft-threshold the regularized kernels by rate·λ: see SoftThreshold."""
        if "proximal" in self._coefficients:
            reach = (self._coefficients["proximal"] * self.optimizer.learning_rate)[:, None]
            path = self._path.value()
            beyond = tf.nn.relu(tf.abs(path) - reach * self._is_kernel)
            self._path.assign(tf.sign(path) * beyond)

    def _kernel_mask(self) -> NDArray[Any]:
        """Return 1 for weights of regularized kernels, 0 for all others, (total weights,)."""
        parts = [
            np.full(size, position in self.kernel_positions, dtype=float)
            for position, size in enumerate(self._sizes)
        ]
        return np.concatenate(parts)

    def split(self, rows: tf.Tensor) -> Weights:
        """Split (M, total weights) into stacked weights, (M, *weight shape), in Keras's order."""
        parts = tf.split(rows, self._sizes, axis=1)
        return [
            tf.reshape(part, (rows.shape[0], *shape))
            for part, shape in zip(parts, self._shapes, strict=True)
        ]

    def _signature(self, experiment: Experiment) -> list[tf.TensorSpec]:
        """Return the signature of `_train`, for any number of examples and epochs."""
        facts, repeats = DATASETS[experiment.dataset], experiment.repeats
        if experiment.task == "classification":
            targets = tf.TensorSpec((repeats, None), tf.int32)
        else:
            targets = tf.TensorSpec((repeats, None, facts.outputs), experiment.dtype)
        return [
            tf.TensorSpec((repeats, None, facts.inputs), experiment.dtype),
            targets,
            tf.TensorSpec((repeats, None, None), tf.int32),
        ]


_REGULARIZERS = {
    "squares": keras.regularizers.L2,
    "magnitudes": keras.regularizers.L1,
}


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


def _any_examples(tensor: tf.Tensor) -> tf.TensorSpec:
    """Return the signature of a tensor; of (repeats, examples, ...) for any number of examples."""
    if tensor.shape.rank < 3 and not (tensor.shape.rank == 2 and tensor.dtype == tf.int32):
        return tf.TensorSpec(tensor.shape, tensor.dtype)
    return tf.TensorSpec((tensor.shape[0], None, *tensor.shape[2:]), tensor.dtype)
