"""PathProgram: the traced training step of the members of a shard together.

A step maps the model's own `stateless_call` over the rows of a StackedModel, adds λₖ times the
result of the model's own regularizers to each data loss, and differentiates the sum over members:
as no member's loss depends on another's weights, this gives each member its own gradient. Keras's
optimizers are elementwise, so one optimizer of the stacked weights trains every member. The result
is what one call of `model.fit` for each member computes, in one pass.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from l2viz.engine.stacked_model import StackedModel
from l2viz.engine.stacked_optimizer import PathOptimizer
from l2viz.engine.stacked_rows import Weights
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.path import Coefficients

_REGULARIZERS = {
    "squares": keras.regularizers.L2,
    "magnitudes": keras.regularizers.L1,
}


class Holder(Protocol):
    """One of those that take turns with a program; `state` is kept while another one holds it."""

    state: list[tf.Tensor]


class PathProgram:
    """The stacked model of one structure, with its penalties, its optimizer and its traces.

    train    traced: see `_train`
    holder   whose state the variables have
    """

    def __init__(self, experiment: Experiment) -> None:
        self.model = StackedModel(experiment)
        self.structure = self.model.structure
        self._coefficients = {
            name: tf.Variable(np.zeros(self._shape_of(name)), dtype=experiment.dtype, name=name)
            for name in self.structure.terms
        }
        self._masks = tf.constant(self.model.kernel_masks(), dtype=experiment.dtype)
        self.optimizer = PathOptimizer(experiment, self.model.path)
        # Not at import: they hold tensors, after whose creation TensorFlow takes no thread count.
        self._regularizers = {
            term: regularizer(1.0)
            for term, regularizer in _REGULARIZERS.items()
            if term in self.structure.terms
        }
        self.holder: Holder | None = None
        self._variables = [
            *self._coefficients.values(),
            *self.model.variables,
            *self.optimizer.variables,
        ]
        self._traced: dict[Callable[..., Any], Callable[..., Any]] = {}
        # AutoGraph is not needed, and it parses source text, which breaks with new Python versions.
        self.train = tf.function(
            self._train, input_signature=_training_signature(experiment), autograph=False
        )

    def _shape_of(self, term: str) -> tuple[int, ...]:
        """Return the shape of a term's Coefficients."""
        rows = self.structure.rows
        return (rows,) if term == "decay" else (rows, len(self.model.groups))

    def restart(self, holder: Holder, experiment: Experiment, coefficients: Coefficients) -> None:
        """Hand over to a holder: initial weights in every row, and a new optimizer."""
        self._keep_state()
        self.holder = holder
        self.set_strengths(coefficients)
        self.model.restart(experiment)
        self.optimizer.restart(experiment.learning_rate)

    def hold(self, holder: Holder) -> None:
        """Hand over to a holder: go on from its state, unless it holds the program already."""
        if self.holder is not holder:
            self._keep_state()
            self.holder = holder
            for variable, value in zip(self._variables, holder.state, strict=True):
                variable.assign(value)

    def release(self) -> None:
        """Forget the last holder, which does not go on."""
        self.holder = None

    def _keep_state(self) -> None:
        if self.holder is not None:
            self.holder.state = [variable.read_value() for variable in self._variables]

    def set_strengths(self, coefficients: Coefficients) -> None:
        """Set the penalty coefficients of each row."""
        for name, variable in self._coefficients.items():
            variable.assign(getattr(coefficients, name))

    def traced(self, function: Callable[..., Any], signature: Any, *given: Any) -> Any:
        """Call `function(self, *given)`, traced once for arguments of this signature."""
        if function not in self._traced:
            bound = functools.partial(function, self)
            traced = tf.function(bound, input_signature=signature, autograph=False)
            self._traced[function] = traced.get_concrete_function()  # called in a third of the time
        return self._traced[function](*given)

    def penalties(self, values: Weights) -> tf.Tensor:
        """Return the penalty of each kernel and its layer's bias at these weights, (S, L)."""
        columns = []
        model = self.model
        positions = zip(
            model.kernel_positions, model.bias_positions, model.kernel_groups, strict=True
        )
        for kernel, bias, group in positions:
            members = [values[kernel]] if bias is None else [values[kernel], values[bias]]
            columns.append(tf.add_n([self._penalty_of(stacked, group) for stacked in members]))
        return tf.stack(columns, axis=1)

    def _penalty_of(self, stacked: tf.Tensor, group: int) -> tf.Tensor:
        """Return λ·Σw² and λ·Σ|w|, whichever a row has, of a stacked weight of a group, (S,)."""
        axes = list(range(1, stacked.shape.rank))
        penalty = tf.zeros(self.structure.rows, stacked.dtype)
        if "squares" in self._coefficients:
            squares = tf.reduce_sum(tf.square(stacked), axis=axes)
            penalty += self._coefficients["squares"][:, group] * squares
        if "magnitudes" in self._coefficients:
            magnitudes = tf.reduce_sum(tf.abs(stacked), axis=axes)
            penalty += self._coefficients["magnitudes"][:, group] * magnitudes
        return penalty

    # ---- traced

    def _train(self, inputs: tf.Tensor, targets: tf.Tensor, orders: tf.Tensor) -> None:
        """Train in `orders`, (epochs, N), on inputs (N, features) and their targets."""
        epochs, examples = tf.unstack(tf.shape(orders))
        # Full batches have a size that is known when they are traced, and so half the operations.
        size = self.structure.batch_size
        full, rest = examples // size, examples % size

        def step(batch: tf.Tensor) -> None:
            of_rows = self.model.repeat_over_rows(tf.gather(targets, batch))
            self._step(tf.gather(inputs, batch), of_rows)

        def epoch(index: tf.Tensor) -> tuple[tf.Tensor]:
            order = orders[index]

            def full_step(position: tf.Tensor) -> tuple[tf.Tensor]:
                step(tf.slice(order, (position * size,), (size,)))
                return (position + 1,)

            def last_step() -> tf.Tensor:
                step(order[full * size :])
                return rest

            tf.while_loop(lambda position: position < full, full_step, (tf.constant(0),))
            tf.cond(rest > 0, last_step, lambda: rest)
            return (index + 1,)

        tf.while_loop(lambda index: index < epochs, epoch, (tf.constant(0),))

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> None:
        """Update every member by one batch: inputs (B, features), targets (S, B, ...)."""
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
        """Return one member's data loss, its penalties at strength 1, (G,), and its new state."""
        model = self.model
        outputs, state = model.model.stateless_call(weights, state, inputs, training=True)
        losses = {"data_loss": model.loss(targets, outputs)}
        for term, regularizer in self._regularizers.items():
            losses[term] = tf.stack(
                [tf.add_n([regularizer(weights[i]) for i in group]) for group in model.groups]
            )
        return losses, state

    def _decay(self) -> None:
        """Decay the weights before the step, w ← w - w·decay·rate (keras base_optimizer.py)."""
        rate, path = self.optimizer.learning_rate, self.model.path
        if "decay" in self._coefficients:
            decay = (self._coefficients["decay"] * rate)[:, None]
            path.assign_sub(path * decay)
        if "kernel_decay" in self._coefficients:
            path.assign_sub(path * self._of_kernels("kernel_decay"))

    def _soften(self) -> None:
        """Soft-threshold the regularized kernels by rate·λ: see SoftThreshold."""
        if "proximal" in self._coefficients:
            path = self.model.path.value()
            beyond = tf.nn.relu(tf.abs(path) - self._of_kernels("proximal"))
            self.model.path.assign(tf.sign(path) * beyond)

    def _of_kernels(self, term: str) -> tf.Tensor:
        """Return rate · coefficient of each weight's group, 0 outside kernels, (S, weights)."""
        by_group = self._coefficients[term] * self.optimizer.learning_rate
        if len(self.model.groups) == 1:
            return by_group * self._masks
        return tf.matmul(by_group, self._masks)


def _training_signature(experiment: Experiment) -> list[tf.TensorSpec]:
    """Return the signature of inputs, targets and orders, for any number of examples and epochs."""
    facts = DATASETS[experiment.dataset]
    if experiment.task == "classification":
        targets = tf.TensorSpec((None,), tf.int32)
    else:
        targets = tf.TensorSpec((None, facts.outputs), experiment.dtype)
    return [
        tf.TensorSpec((None, facts.inputs), experiment.dtype),
        targets,
        tf.TensorSpec((None, None), tf.int32),
    ]
