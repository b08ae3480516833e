"""PathProgram: the traced training step of all members of a path together.

A step maps the model's own `stateless_call` over the rows of a StackedModel, adds λₖ times the
result of the model's own regularizers to each data loss, and differentiates the sum over members:
as no member's loss depends on another's weights, this gives each member its own gradient. Keras's
optimizers are elementwise, so one optimizer of the stacked weights trains every member. The result
is what one call of `model.fit` for each member computes, in one pass.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from l2viz.engine.members import MemberTable
from l2viz.engine.stacked_model import StackedModel, Weights
from l2viz.engine.stacked_optimizer import PathOptimizer
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS

_REGULARIZERS = {
    "squares": keras.regularizers.L2,
    "magnitudes": keras.regularizers.L1,
}


class PathProgram:
    """The stacked model of one structure, with its penalties, its optimizer and its traces.

    train   traced: see `_train`
    """

    def __init__(self, experiment: Experiment) -> None:
        self.model = StackedModel(experiment)
        self.structure = self.model.structure
        self._coefficients = {
            name: tf.Variable(np.zeros(self.structure.rows), dtype=experiment.dtype, name=name)
            for name in self.structure.terms
        }
        self._is_kernel = tf.constant(self.model.kernel_mask(), dtype=experiment.dtype)
        self.optimizer = PathOptimizer(experiment, self.model.path)
        # Not at import: they hold tensors, after whose creation TensorFlow takes no thread count.
        self._regularizers = {
            term: regularizer(1.0)
            for term, regularizer in _REGULARIZERS.items()
            if term in self.structure.terms
        }
        self._traced: dict[str, Callable[..., Any]] = {}
        # AutoGraph is not needed, and it parses source text, which breaks with new Python versions.
        self.train = tf.function(
            self._train, input_signature=_training_signature(experiment), autograph=False
        )

    def restart(self, experiments: list[Experiment]) -> None:
        """Set every member to its repeat's initial weights, and reset the optimizer."""
        self.model.restart(experiments)
        self.optimizer.restart(experiments[0].learning_rate)

    def set_strengths(self, table: MemberTable, epoch: int) -> None:
        """Set the penalty coefficients of each row for an epoch, counted from 1."""
        coefficients = table.coefficients(epoch)
        for name, variable in self._coefficients.items():
            variable.assign(getattr(coefficients, name))

    def traced(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call `function(self, *arguments)`, traced once for any number of examples."""
        if name not in self._traced:
            signature = tf.nest.map_structure(_any_examples, arguments)
            bound = functools.partial(function, self)
            traced = tf.function(bound, input_signature=signature, autograph=False)
            self._traced[name] = traced.get_concrete_function()  # called in a third of the time
        return self._traced[name](*arguments)

    def penalties(self, values: Weights) -> tf.Tensor:
        """Return the penalty of each kernel and its layer's bias at these weights, (M, L)."""
        columns = []
        positions = zip(self.model.kernel_positions, self.model.bias_positions, strict=True)
        for kernel, bias in positions:
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

    # ---- traced

    def _train(self, inputs: tf.Tensor, targets: tf.Tensor, orders: tf.Tensor) -> None:
        """Train in `orders`, (R, epochs, N), on inputs (R, N, features) and their targets."""
        _, epochs, examples = tf.unstack(tf.shape(orders))
        batch_size = self.structure.batch_size
        steps = (examples + batch_size - 1) // batch_size  # of one epoch

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            start = index % steps * batch_size
            end = tf.minimum(start + batch_size, examples)
            batch = orders[:, index // steps, start:end]  # (R, B)
            of_rows = self.model.repeat_over_rows(self._batch(targets, batch))
            self._step(self._batch(inputs, batch), of_rows)
            return (index + 1,)

        tf.while_loop(lambda index: index < epochs * steps, step, (tf.constant(0),))

    def _batch(self, examples: tf.Tensor, batch: tf.Tensor) -> tf.Tensor:
        """Return the examples at the positions `batch`, (R, B): (R, B, ...)."""
        if self.structure.repeats == 1:
            return tf.gather(examples[0], batch[0])[None]
        return tf.gather(examples, batch, batch_dims=1)

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> None:
        """Update every member by one batch: inputs (R, B, features), targets (M, B, ...)."""
        path = tf.convert_to_tensor(self.model.path.value())
        with tf.GradientTape() as tape:
            tape.watch(path)
            losses, state = self.model.map_inputs(
                self._member_losses, inputs, self.model.split(path), self.model.state, targets
            )
            total = tf.reduce_sum(losses.pop("data_loss"))
            for term, values in losses.items():
                total += tf.reduce_sum(self._coefficients[term] * values)
        gradient = tape.gradient(total, path, output_gradients=self.optimizer.gradient_scale())
        self.model.assign_state(state)
        self._decay()
        self.optimizer.apply(gradient)
        self._soften()

    def _member_losses(
        self, inputs: tf.Tensor, weights: Weights, state: list[tf.Tensor], targets: tf.Tensor
    ) -> tuple[dict[str, tf.Tensor], list[tf.Tensor]]:
        """Return one member's data loss, its penalties at strength 1, and its new state."""
        model = self.model
        outputs, state = model.model.stateless_call(weights, state, inputs, training=True)
        losses = {"data_loss": model.loss(targets, outputs)}
        for term, regularizer in self._regularizers.items():
            losses[term] = tf.add_n([regularizer(weights[i]) for i in model.regularized])
        return losses, state

    def _decay(self) -> None:
        """Decay the weights before the step, w ← w - w·decay·rate (keras base_optimizer.py)."""
        rate, path = self.optimizer.learning_rate, self.model.path
        if "decay" in self._coefficients:
            decay = (self._coefficients["decay"] * rate)[:, None]
            path.assign_sub(path * decay)
        if "kernel_decay" in self._coefficients:
            decay = (self._coefficients["kernel_decay"] * rate)[:, None]
            path.assign_sub(path * (decay * self._is_kernel))

    def _soften(self) -> None:
        """Soft-threshold the regularized kernels by rate·λ: see SoftThreshold."""
        if "proximal" in self._coefficients:
            reach = (self._coefficients["proximal"] * self.optimizer.learning_rate)[:, None]
            path = self.model.path.value()
            beyond = tf.nn.relu(tf.abs(path) - reach * self._is_kernel)
            self.model.path.assign(tf.sign(path) * beyond)


def _training_signature(experiment: Experiment) -> list[tf.TensorSpec]:
    """Return the signature of inputs, targets and orders, for any number of examples and epochs."""
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


def _any_examples(tensor: tf.Tensor) -> tf.TensorSpec:
    """Return the signature of a tensor; of (repeats, examples, ...) for any number of examples."""
    if tensor.shape.rank < 3 and not (tensor.shape.rank == 2 and tensor.dtype == tf.int32):
        return tf.TensorSpec(tensor.shape, tensor.dtype)
    return tf.TensorSpec((tensor.shape[0], None, *tensor.shape[2:]), tensor.dtype)
