"""PathProgram: one Keras model stacked over the members, and the training step traced for it.

The trainable weights of every member stand in one row of a single variable. A step maps the
model's own `stateless_call` over the rows (`tf.vectorized_map`), adds to each data loss λₖ times
what the model's own regularizers return, and differentiates the sum over members: as no member's
loss holds another's weights, that is each member's own gradient. Keras's optimizers work element
by element, so one optimizer on that one variable is an optimizer for every weight of every
member. The result is what a call of `model.fit` for each member computes, in one pass.
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
        # Each regularizer is made with strength 1: a member's λ multiplies what it returns.
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
        # Made here: they hold tensors, and TensorFlow takes no number of threads after its first.
        self._regularizers = {
            term: regularizer(1.0)
            for term, regularizer in _REGULARIZERS.items()
            if term in self.structure.terms
        }
        self._traced: dict[str, Callable[..., Any]] = {}
        # Without AutoGraph: nothing needs it, and it reads source text with Python's help, which
        # changes with every version of Python.
        self.train = tf.function(
            self._train, input_signature=self._signature(experiment), autograph=False
        )

    @property
    def weight_count(self) -> int:
        """Weights of all members together."""
        count: int = self.structure.rows * sum(self._sizes)
        return count

    @property
    def first_rows(self) -> int:
        """Rows of the first repeat, which come first."""
        return self.structure.rows // self.structure.repeats

    def restart(self, experiments: list[Experiment]) -> None:
        """Every member at the initial weights of its repeat's experiment, the optimizer new."""
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
        """What acts on each row in the epoch with this number, counted from 1."""
        coefficients = table.coefficients(epoch)
        for name, variable in self._coefficients.items():
            variable.assign(getattr(coefficients, name))

    # ---- what is in it

    @property
    def values(self) -> Weights:
        """The stacked trainable weights in Keras's order, (M, *weight shape) each."""
        return self.split(self._path.value())

    @property
    def state(self) -> list[tf.Tensor]:
        """The stacked variables that no gradient moves, in Keras's order."""
        return [variable.value() for variable in self._state]

    def penalties(self, values: Weights) -> tf.Tensor:
        """(M, L) what each kernel's layer adds to the loss of each row, at these weights."""
        columns = []
        for kernel, bias in zip(self.kernel_positions, self.bias_positions, strict=True):
            members = [values[kernel]] if bias is None else [values[kernel], values[bias]]
            columns.append(tf.add_n([self._penalty_of(stacked) for stacked in members]))
        return tf.stack(columns, axis=1)

    def _penalty_of(self, stacked: tf.Tensor) -> tf.Tensor:
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
        """What a plain optimizer of that row would hold, in the order of its variables."""
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
        # A slot is called after its weight and then its kind: "..._kernel_momentum".
        return [
            shared[variable.name]
            if variable.name in shared
            else next(slots[variable.name.rpartition("_")[2]])
            for variable in plain.variables
        ]

    # ---- functions of all members

    def answers(self, weights: Weights, state: list[tf.Tensor], inputs: tf.Tensor) -> tf.Tensor:
        """The model's output for one member's weights, as `predict` gives it."""
        return self.model.stateless_call(weights, state, inputs, training=False)[0]

    def traced(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """`function` of this program and the arguments, traced once for any number of examples."""
        if name not in self._traced:
            signature = tf.nest.map_structure(_any_examples, arguments)
            bound = functools.partial(function, self)
            traced = tf.function(bound, input_signature=signature, autograph=False)
            self._traced[name] = traced.get_concrete_function()  # called in a third of the time
        return self._traced[name](*arguments)

    def map_members(self, function: Callable[..., Any], *stacked: Any) -> Any:
        """`function` of each row of `stacked`, all rows at once: (M, ...)."""
        if tf.nest.flatten(stacked)[0].shape[0] == 1:  # nothing to map, half as many operations
            only = function(*tf.nest.map_structure(lambda rows: tf.squeeze(rows, 0), stacked))
            return tf.nest.map_structure(lambda result: result[None], only)
        return tf.vectorized_map(lambda rows: function(*rows), stacked)

    def loop_members(self, function: Callable[..., Any], signature: Any, *stacked: Any) -> Any:
        """`function` of each row, one after the other: (M, ...).

        Faster than `map_members` where the examples of one member fill the cache.
        """
        return tf.map_fn(
            lambda rows: function(*rows),
            stacked,
            fn_output_signature=signature,
            parallel_iterations=1,
        )

    def _train(self, inputs: tf.Tensor, targets: tf.Tensor, orders: tf.Tensor) -> None:
        """inputs (R, N, features), targets (R, N, ...), orders (R, epochs, N)."""
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
        """(R, B, ...): what each repeat is trained on in this step."""
        if self.structure.repeats == 1:
            return tf.gather(examples[0], batch[0])[None]
        return tf.gather(examples, batch, batch_dims=1)

    def of_each_row(self, of_each_repeat: tf.Tensor) -> tf.Tensor:
        """(R, ...) -> (M, ...)."""
        return tf.repeat(of_each_repeat, self.first_rows, axis=0)

    def map_inputs(self, function: Callable[..., Any], inputs: tf.Tensor, *stacked: Any) -> Any:
        """`function` of the inputs of its repeat and of each row: (M, ...). inputs (R, B, ...).

        Dense layers want the inputs repeated for every member, so that each layer is one batched
        product: mapped over the weights alone, TensorFlow would transpose all kernels for the
        first one. Convolutions want them once, as their kernels are small and windows are large.
        """
        if self.structure.convolutional and self.structure.repeats == 1:
            return self.map_members(lambda *rows: function(inputs[0], *rows), *stacked)
        return self.map_members(function, self.of_each_row(inputs), *stacked)

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> None:
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
        """One member's data loss, what its regularizers return at strength 1, and its state."""
        outputs, state = self.model.stateless_call(weights, state, inputs, training=True)
        losses = {"data_loss": self.loss(targets, outputs)}
        for term, regularizer in self._regularizers.items():
            losses[term] = tf.add_n([regularizer(weights[i]) for i in self._regularized])
        return losses, state

    def _decay(self) -> None:
        """w ← w - w·decay·rate, as Keras does before a step (optimizers/base_optimizer.py)."""
        rate = self.optimizer.learning_rate
        if "decay" in self._coefficients:
            decay = (self._coefficients["decay"] * rate)[:, None]
            self._path.assign_sub(self._path * decay)
        if "kernel_decay" in self._coefficients:
            decay = (self._coefficients["kernel_decay"] * rate)[:, None]
            self._path.assign_sub(self._path * (decay * self._is_kernel))

    def _soften(self) -> None:
        """The soft threshold rate·λ on the regularized kernels: see SoftThreshold."""
        if "proximal" in self._coefficients:
            reach = (self._coefficients["proximal"] * self.optimizer.learning_rate)[:, None]
            path = self._path.value()
            beyond = tf.nn.relu(tf.abs(path) - reach * self._is_kernel)
            self._path.assign(tf.sign(path) * beyond)

    def _kernel_mask(self) -> NDArray[Any]:
        """(total weights,) 1 for those of the regularized kernels."""
        parts = [
            np.full(size, position in self.kernel_positions, dtype=float)
            for position, size in enumerate(self._sizes)
        ]
        return np.concatenate(parts)

    def split(self, rows: tf.Tensor) -> Weights:
        """Rows of the path's shape -> one stacked tensor for each weight, in Keras's order."""
        parts = tf.split(rows, self._sizes, axis=1)
        return [
            tf.reshape(part, (rows.shape[0], *shape))
            for part, shape in zip(parts, self._shapes, strict=True)
        ]

    def _signature(self, experiment: Experiment) -> list[tf.TensorSpec]:
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
    """For each kernel the position of the regularized bias that counts with it, if any."""
    found: list[int | None] = []
    for kernel in kernels:
        after = kernel + 1  # a layer's bias stands right after its last kernel
        beside = after < len(weights) and weights[after].name == "bias"
        found.append(after if beside and experiment.bias_regularizer else None)
    return found


def _any_examples(tensor: tf.Tensor) -> tf.TensorSpec:
    """Of a tensor (repeats, examples, ...), whatever the number of examples."""
    if tensor.shape.rank < 3 and not (tensor.shape.rank == 2 and tensor.dtype == tf.int32):
        return tf.TensorSpec(tensor.shape, tensor.dtype)
    return tf.TensorSpec((tensor.shape[0], None, *tensor.shape[2:]), tensor.dtype)
