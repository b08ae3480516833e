"""StackedProgram: the traced epochs of models that differ in weights and strengths alone.

The training step of one model is mapped over the rows of one variable that holds the weights of
all; the gradient of the sum of all losses is each member's own, and an elementwise optimizer of
Keras's trains every row as it would train that member alone.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from l2viz.engine.stacked_rows import Layout, map_rows
from l2viz.sweeps.examples import Examples
from l2viz.sweeps.member_step import (
    Tensors,
    Variables,
    is_fastest_alone,
    loss_of,
    scores,
    stacked_convolutions,
    strengths_of,
    without_regularizers,
)
from l2viz.trajectory import Array

Scores = dict[str, Array]  # by the names of Keras's logs, (S,) each


class StackedProgram:
    """S models in one: `load` them, then `train` an epoch, `evaluate`, and read `weights`."""

    def __init__(self, models: Sequence[Any], batch_size: int) -> None:
        self.model = models[0]
        self.variables = Variables(self.model)
        self.rows = len(models)
        self._batch_size = batch_size
        self._layout = Layout([variable.shape for variable in self.variables.trainable])
        total = sum(self._layout.sizes)
        dtype = self.variables.trainable[0].dtype
        self.path = keras.Variable(np.zeros((self.rows, total)), dtype=dtype, name="path")
        self.state = [self._stacked(variable) for variable in self.variables.state]
        self._metrics = [self._stacked(variable) for variable in self.variables.metrics]
        self._penalized, self._kinds = _penalties_of(models)
        self._strengths = tf.Variable(tf.zeros((self.rows, len(self._layout.sizes), 2), dtype))
        self.optimizer = self._copied_optimizer()
        self._fresh = [variable.numpy() for variable in self.optimizer.variables]
        self._one_by_one = is_fastest_alone(self.model, batch_size)
        self._gradients = tf.function(self._losses_and_gradient, autograph=False)
        self._traced: dict[str, Callable[..., Any]] = {}

    def fits(self, models: Sequence[Any]) -> bool:
        """Return whether the traces are right for these models too, which are of one kind."""
        penalized, kinds = _penalties_of(models)
        return len(models) == self.rows and penalized <= self._penalized and kinds <= self._kinds

    def load(self, models: Sequence[Any]) -> None:
        """Take weights, state and strengths of S models, and a new optimizer."""
        every = [Variables(model) for model in models]
        self.path.assign(np.stack([_flat(each.trainable) for each in every]))
        for at, variable in enumerate(self.state):
            variable.assign(np.stack([each.state[at].numpy() for each in every]))
        self._strengths.assign(
            [[strengths_of(variable.regularizer) for variable in v.trainable] for v in every]
        )
        for variable, value in zip(self.optimizer.variables, self._fresh, strict=True):
            variable.assign(value)

    def train(self, examples: Examples, order: Array) -> tuple[Scores, Array]:
        """Train an epoch; return scores as `fit` has them, and each step's penalties, (T, S)."""
        found, penalties = self._call("train", examples, order)
        return _arrays(found), penalties.numpy()

    def evaluate(self, examples: Examples) -> Scores:
        """Return the scores of all examples, as `evaluate` has them."""
        return _arrays(self._call("evaluate", examples, np.arange(examples.count, dtype=np.int32)))

    def losses_and_gradient(self, batch: tuple[Any, ...]) -> tuple[Array, list[Array]]:
        """Return loss and gradients of every member on a batch, (S,) and (S, *weight shape)."""
        with without_regularizers(self.model):
            losses, gradient, *_ = self._gradients(batch)
        return losses.numpy(), [each.numpy() for each in self._layout.split(gradient)]

    def weights(self) -> list[Array]:
        """Return the trainable weights, (S, *weight shape) each, in Keras's order."""
        return [each.numpy() for each in self._layout.split(self.path.value)]

    def penalties(self) -> Array:
        """Return the penalty of each trainable weight, (S, V), in double precision."""
        weights = [each.reshape(self.rows, -1).astype(np.float64) for each in self.weights()]
        strengths = self._strengths.numpy().astype(np.float64)
        squares = np.stack([np.sum(each**2, axis=1) for each in weights], axis=1)
        magnitudes = np.stack([np.sum(np.abs(each), axis=1) for each in weights], axis=1)
        found: Array = strengths[..., 0] * squares + strengths[..., 1] * magnitudes
        return found

    # ---- traced

    def trace(self, name: str, examples: Examples) -> None:
        """Trace "train" or "evaluate" for so many examples, unless that is done."""
        if name not in self._traced:
            function = {"train": self._train, "evaluate": self._evaluate}[name]
            specs = tf.nest.map_structure(
                lambda part: tf.TensorSpec(part.shape, part.dtype),
                _tensors((examples.parts, np.arange(examples.count, dtype=np.int32))),
            )
            with without_regularizers(self.model):
                traced = tf.function(function, autograph=False)
                self._traced[name] = traced.get_concrete_function(*specs)

    def _call(self, name: str, examples: Examples, order: Array) -> Any:
        self.trace(name, examples)
        for variable in self._metrics:
            variable.assign(tf.zeros_like(variable))
        return self._traced[name](*_tensors((examples.parts, order)))

    def _train(self, parts: Any, order: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        steps = math.ceil(order.shape[0] / self._batch_size)
        dtype = self._strengths.dtype
        penalties = tf.TensorArray(dtype, steps, element_shape=(self.rows,))

        def step(at: tf.Tensor, taken: tf.Tensor, penalties: Any) -> Any:
            _, gradient, state, metrics, penalty = self._gradients(_gathered(parts, taken))
            self._assign(state, metrics)
            self.optimizer.apply([gradient], [self.path])
            return penalties.write(at, penalty)

        penalties = self._over_batches(order, step, penalties).stack()
        return self._scores(), penalties

    def _evaluate(self, parts: Any, order: tf.Tensor) -> dict[str, tf.Tensor]:
        def step(at: tf.Tensor, taken: tf.Tensor, nothing: tf.Tensor) -> tf.Tensor:
            batch, path = _gathered(parts, taken), tf.convert_to_tensor(self.path.value)
            if self._one_by_one:
                metrics = self._in_turn(batch, path, training=False)[3]
            else:
                _, _, metrics, _ = self._losses(batch, path, training=False)
            self._assign([], metrics)
            return nothing

        self._over_batches(order, step, tf.constant(0))
        return self._scores()

    def _over_batches(self, order: tf.Tensor, step: Callable[..., Any], carried: Any) -> Any:
        """Call `step` on each batch: full ones have a size that is known when they are traced."""
        size = min(self._batch_size, order.shape[0])
        full, rest = divmod(order.shape[0], size)

        def body(at: tf.Tensor, carried: Any) -> tuple[tf.Tensor, Any]:
            return at + 1, step(at, tf.slice(order, (at * size,), (size,)), carried)

        at, carried = tf.while_loop(
            lambda at, _: at < full, body, (tf.constant(0), carried), parallel_iterations=1
        )
        return step(at, order[full * size :], carried) if rest else carried

    def _losses_and_gradient(self, batch: tuple[Any, ...]) -> tuple[Any, ...]:
        path = tf.convert_to_tensor(self.path.value)
        if self._one_by_one:
            return self._in_turn(batch, path, training=True)
        with tf.GradientTape() as tape:
            tape.watch(path)
            losses, state, metrics, penalty = self._losses(batch, path, training=True)
            total = tf.reduce_sum(losses)
        return losses, tape.gradient(total, path), state, metrics, penalty

    def _in_turn(self, batch: tuple[Any, ...], path: tf.Tensor, *, training: bool) -> Any:
        """Return losses, gradient, state, metrics and penalties, of one member after the other."""

        def member(rows: Any) -> tuple[Any, ...]:
            row, *others = rows
            with tf.GradientTape() as tape:
                tape.watch(row)
                weights = [each[0] for each in self._layout.split(row[None])]
                loss, *after, penalty = self._member(batch, weights, *others, training=training)
            gradient = tape.gradient(loss, row) if training else tf.zeros_like(row)
            return loss, gradient, *after, penalty

        stacked = (path, *self._others())
        row, state, metrics, _ = tf.nest.map_structure(
            lambda each: tf.TensorSpec(each.shape[1:], each.dtype), stacked
        )
        of_loss = tf.TensorSpec((), keras.config.floatx())
        signature = (of_loss, row, state, metrics, tf.TensorSpec((), row.dtype))
        return tf.map_fn(
            member, stacked, fn_output_signature=signature, parallel_iterations=os.cpu_count()
        )

    def _member(
        self, batch: Any, weights: Tensors, state: Any, metrics: Any, of: Any, *, training: bool
    ) -> tuple[Any, ...]:
        """Return loss, state, metrics and penalty of one member, whose strengths are `of`."""
        penalty = self._penalty(weights, of)
        values = (weights, state, metrics)
        after = loss_of(self.model, self.variables, values, batch, penalty, training=training)
        return *after, penalty

    def _others(self) -> tuple[Any, ...]:
        """Return stacked state, metrics and strengths."""
        state = [variable.value() for variable in self.state]
        return state, [variable.value() for variable in self._metrics], self._strengths.value()

    def _losses(self, batch: tuple[Any, ...], path: tf.Tensor, *, training: bool) -> Any:
        """Return losses, state, metrics and penalties of all members on a batch."""
        member = functools.partial(self._member, training=training)
        stacked = (self._layout.split(path), *self._others())
        with stacked_convolutions(self.model) as convolutional:
            if convolutional or self.rows == 1:  # see StackedModel.map_inputs
                return map_rows(lambda *row: member(batch, *row), *stacked)
            of_rows = tf.nest.map_structure(
                lambda part: tf.repeat(part[None], self.rows, axis=0), batch
            )
            return map_rows(member, of_rows, *stacked)

    def _penalty(self, weights: Tensors, strengths: tf.Tensor) -> tf.Tensor:
        penalty = tf.zeros((), strengths.dtype)
        for at in sorted(self._penalized):
            for kind, of in enumerate((tf.square, tf.abs)):
                if kind in self._kinds:
                    penalty += strengths[at, kind] * tf.reduce_sum(of(weights[at]))
        return penalty

    def _scores(self) -> dict[str, tf.Tensor]:
        values = [variable.read_value() for variable in self._metrics]
        found: dict[str, tf.Tensor] = map_rows(
            lambda metrics: scores(self.model, self.variables, metrics), values
        )
        return found

    def _assign(self, state: Tensors, metrics: Tensors) -> None:
        for variable, value in zip(self.state, state, strict=False):
            variable.assign(value)
        for variable, value in zip(self._metrics, metrics, strict=True):
            variable.assign(value)

    # ---- made once

    def _stacked(self, variable: Any) -> tf.Variable:
        return tf.Variable(tf.zeros((self.rows, *variable.shape), variable.dtype))

    def _copied_optimizer(self) -> Any:
        """Return the model's optimizer for the stacked weights, with its own weight decay."""
        own = self.model.optimizer
        optimizer = type(own).from_config(own.get_config())
        optimizer.build([self.path])
        if optimizer.weight_decay is not None:
            decayed = [own._use_weight_decay(variable) for variable in self.variables.trainable]
            kept = np.repeat(np.array(decayed, dtype=float), self._layout.sizes)
            mask = tf.constant(kept, self.path.dtype)

            def decay(variables: Any) -> None:
                rate = tf.cast(optimizer.learning_rate, self.path.dtype)
                share = tf.cast(optimizer.weight_decay, self.path.dtype)
                self.path.assign(self.path - self.path * mask * share * rate)

            optimizer._apply_weight_decay = decay
        return optimizer


def _penalties_of(models: Sequence[Any]) -> tuple[set[int], set[int]]:
    """Return which trainable weights any model penalizes, and by what: 0 squares, 1 magnitudes."""
    found = [
        (at, kind)
        for model in models
        for at, variable in enumerate(model.trainable_variables)
        for kind, strength in enumerate(strengths_of(variable.regularizer))
        if strength
    ]
    return {at for at, _ in found}, {kind for _, kind in found}


def _gathered(parts: Any, rows: tf.Tensor) -> Any:
    return tf.nest.map_structure(lambda part: tf.gather(part, rows), parts)


def _tensors(arguments: Any) -> Any:
    return tf.nest.map_structure(tf.convert_to_tensor, arguments)


def _flat(variables: Sequence[Any]) -> Array:
    return np.concatenate([variable.numpy().reshape(-1) for variable in variables])


def _arrays(found: dict[str, tf.Tensor]) -> Scores:
    return {name: value.numpy() for name, value in found.items()}
