"""PathProgram: one Keras model stacked over the strengths, and the training step traced for it.

Every trainable variable is stacked once per strength on a leading axis. A step maps the model's
own `stateless_call` over the members (`tf.vectorized_map`), adds to each data loss λₖ times what
the model's own regularizers return, and differentiates the sum over members: as no member's loss
holds another's weights, that is each member's own gradient. Keras's optimizers work element by
element, so one stock optimizer on stacked variables is an optimizer for each member. The result
is what K calls of `model.fit` compute, in one pass.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from l2viz.experiment import Experiment
from l2viz.model import build_loss, build_model, build_optimizer, initial_weights


def set_threads(count: int) -> None:
    """Intra-op threads of TensorFlow in this process, unless it has started or they are set.

    One is the fastest for small networks, and the bits of a run depend on the number.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() == 0:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(count)
            tf.config.threading.set_inter_op_parallelism_threads(count)
        except RuntimeError:  # TensorFlow has started: what it runs with is kept with the run
            return


@dataclass(frozen=True)
class Structure:
    """What a traced program depends on. Strengths, seed, data and rate are only values."""

    dataset: str
    members: int
    hidden: tuple[int, ...]
    activation: str
    regularized: str
    optimizer: str
    momentum: float
    batch_size: int
    dtype: str

    @classmethod
    def of(cls, experiment: Experiment) -> Structure:
        return cls(
            dataset=experiment.dataset,
            members=len(experiment.strengths),
            hidden=experiment.hidden,
            activation=experiment.activation,
            regularized=experiment.regularized,
            optimizer=experiment.optimizer,
            momentum=experiment.momentum,
            batch_size=experiment.batch_size,
            dtype=experiment.dtype,
        )


class PathProgram:
    """The stacked variables of one structure and the functions traced for them."""

    def __init__(self, experiment: Experiment) -> None:
        self.structure = Structure.of(experiment)
        self.model = build_model(experiment, strength=1.0)
        members = self.structure.members
        self.variables = [
            keras.Variable(np.repeat(v.numpy()[None], members, axis=0), name=v.name)
            for v in self.model.trainable_variables
        ]
        # Each regularizer was made with strength 1: a member's λ multiplies what it returns.
        self.regularizers = {
            position: v.regularizer
            for position, v in enumerate(self.model.trainable_variables)
            if v.regularizer is not None
        }
        self.kernel_positions = tuple(self.regularizers)
        self.strengths = keras.Variable(np.zeros(members), dtype=experiment.dtype)
        self.optimizer = build_optimizer(experiment)
        self.optimizer.build(self.variables)
        not_slots = {id(self.optimizer.iterations), id(self.optimizer._learning_rate)}
        self.optimizer_slots = [v for v in self.optimizer.variables if id(v) not in not_slots]
        self.loss = build_loss(experiment)
        self.batch_size = experiment.batch_size
        self._traced: dict[str, Callable[..., Any]] = {}
        self.train = tf.function(self._train, input_signature=self._signature(experiment))

    @property
    def values(self) -> list[tf.Tensor]:
        return [variable.value for variable in self.variables]

    def restart(self, experiment: Experiment) -> None:
        """Every member at the experiment's initial weights, with an optimizer that is new."""
        for variable, initial in zip(self.variables, initial_weights(experiment), strict=True):
            variable.assign(np.repeat(initial[None], len(experiment.strengths), axis=0))
        for slot in self.optimizer_slots:
            slot.assign(np.zeros(slot.shape))
        self.optimizer.iterations.assign(0)
        self.optimizer.learning_rate = experiment.learning_rate
        self.strengths.assign(np.array(experiment.strengths))

    def traced(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function` with this program as first argument, traced once and kept with it."""
        if name not in self._traced:
            bound = functools.partial(function, self)
            self._traced[name] = tf.function(bound, reduce_retracing=True)
        return self._traced[name]

    def member_outputs(self, values: Sequence[tf.Tensor], inputs: tf.Tensor) -> tf.Tensor:
        """(K, rows, outputs): what every member predicts for the same inputs."""

        def member(weights: list[tf.Tensor]) -> tf.Tensor:
            return self.model.stateless_call(weights, [], inputs, training=False)[0]

        return tf.vectorized_map(member, list(values))

    def data_losses(self, outputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        """(K,): each member's data loss of outputs (K, rows, outputs)."""
        return tf.vectorized_map(lambda member: self.loss(targets, member), outputs)

    def _train(self, inputs: tf.Tensor, targets: tf.Tensor, orders: tf.Tensor) -> None:
        rows = tf.shape(orders)[1]
        steps = (rows + self.batch_size - 1) // self.batch_size
        for epoch in tf.range(tf.shape(orders)[0]):
            for step in tf.range(steps):
                start = step * self.batch_size
                batch = orders[epoch, start : tf.minimum(start + self.batch_size, rows)]
                self._step(tf.gather(inputs, batch), tf.gather(targets, batch))

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> None:
        values = self.values
        with tf.GradientTape() as tape:
            tape.watch(values)
            data_loss, squares = tf.vectorized_map(
                lambda weights: self._member_losses(weights, inputs, targets), values
            )
            total = tf.reduce_sum(data_loss) + tf.reduce_sum(self.strengths.value * squares)
        self.optimizer.apply(tape.gradient(total, values), self.variables)

    def _member_losses(
        self, weights: list[tf.Tensor], inputs: tf.Tensor, targets: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """One member's data loss and what its regularizers return at strength 1, Σw²."""
        outputs, _ = self.model.stateless_call(weights, [], inputs, training=True)
        squares = [regularizer(weights[i]) for i, regularizer in self.regularizers.items()]
        return self.loss(targets, outputs), tf.add_n(squares)

    def _signature(self, experiment: Experiment) -> list[tf.TensorSpec]:
        (inputs, _), *_, (_, outputs) = experiment.kernel_shapes
        if experiment.task == "classification":
            targets = tf.TensorSpec((None,), tf.int32)
        else:
            targets = tf.TensorSpec((None, outputs), experiment.dtype)
        return [
            tf.TensorSpec((None, inputs), experiment.dtype),
            targets,
            tf.TensorSpec((None, None), tf.int32),
        ]
