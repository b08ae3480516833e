"""PathProgram: one Keras model stacked over the strengths, and the training step traced for it.

The trainable variables of every member stand in one row of a single variable. A step maps the
model's own `stateless_call` over the rows (`tf.vectorized_map`), adds to each data loss λₖ times
what the model's own regularizers return, and differentiates the sum over members: as no member's
loss holds another's weights, that is each member's own gradient. Keras's optimizers work element
by element, so one stock optimizer on that one variable is an optimizer for every weight of every
member. The result is what K calls of `model.fit` compute, in one pass.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

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
    """The stacked weights of one structure and the functions traced for them."""

    def __init__(self, experiment: Experiment) -> None:
        self.structure = Structure.of(experiment)
        self.model = build_model(experiment, strength=1.0)
        weights = self.model.trainable_variables
        self._shapes = [tuple(weight.shape) for weight in weights]
        self._sizes = [math.prod(shape) for shape in self._shapes]
        # Each regularizer was made with strength 1: a member's λ multiplies what it returns.
        self._regularizers = {
            position: weight.regularizer
            for position, weight in enumerate(weights)
            if weight.regularizer is not None
        }
        self.kernel_positions = tuple(self._regularizers)
        members, dtype = self.structure.members, experiment.dtype
        zeros = np.zeros((members, sum(self._sizes)))
        self._path = keras.Variable(zeros, dtype=dtype, name="path")
        self.strengths = keras.Variable(np.zeros(members), dtype=dtype, name="strengths")
        self._optimizer = build_optimizer(experiment)
        self._optimizer.build([self._path])
        self.loss = build_loss(experiment)
        self._traced: dict[str, Callable[..., Any]] = {}
        # Without AutoGraph: nothing needs it, and it reads source text with Python's help, which
        # changes with every version of Python.
        self.train = tf.function(
            self._train, input_signature=self._signature(experiment), autograph=False
        )

    @property
    def weight_count(self) -> int:
        """Weights of all members together."""
        count: int = self.structure.members * sum(self._sizes)
        return count

    def restart(self, experiment: Experiment) -> None:
        """Every member at the experiment's initial weights, with an optimizer that is new."""
        row = np.concatenate([weight.reshape(-1) for weight in initial_weights(experiment)])
        self._path.assign(np.repeat(row[None], self.structure.members, axis=0))
        for variable in self._optimizer.variables:
            variable.assign(np.zeros(variable.shape))
        self._optimizer.learning_rate = experiment.learning_rate
        # Keras's L2 rounds its argument to float32 before it multiplies, in float64 too.
        self.strengths.assign(np.array(experiment.strengths, dtype="float32"))

    @property
    def values(self) -> list[tf.Tensor]:
        """The stacked weights in the order of Keras's `get_weights`, (K, *weight shape) each."""
        return self._split(self._path.value)

    def member_optimizer_state(self, experiment: Experiment, member: int) -> list[NDArray[Any]]:
        """What a plain optimizer of that member would hold, in the order of its variables."""
        plain = build_optimizer(experiment)
        plain.build(self.model.trainable_variables)
        slots: dict[str, Iterator[NDArray[Any]]] = {}
        shared: dict[str, NDArray[Any]] = {}
        for variable in self._optimizer.variables:
            if tuple(variable.shape) == tuple(self._path.shape):
                parts = [part.numpy()[member] for part in self._split(variable.value)]
                slots[variable.name.removeprefix("path_")] = iter(parts)
            else:
                shared[variable.name] = variable.numpy()
        # A slot is called after its weight and then its kind: "..._kernel_momentum".
        return [
            shared[variable.name]
            if variable.name in shared
            else next(slots[variable.name.rpartition("_")[2]])
            for variable in plain.variables
        ]

    def _split(self, rows: tf.Tensor) -> list[tf.Tensor]:
        parts = tf.split(rows, self._sizes, axis=1)
        return [
            tf.reshape(part, (-1, *shape)) for part, shape in zip(parts, self._shapes, strict=True)
        ]

    def traced(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """`function` of this program and the arguments, traced once for any number of rows."""
        if name not in self._traced:
            signature = tf.nest.map_structure(_any_rows, arguments)
            bound = functools.partial(function, self)
            traced = tf.function(bound, input_signature=signature, autograph=False)
            self._traced[name] = traced.get_concrete_function()  # called in a third of the time
        return self._traced[name](*arguments)

    def map_members(
        self, function: Callable[..., Any], values: list[tf.Tensor], inputs: tf.Tensor
    ) -> Any:
        """`function` of each member's weights and the inputs, all members at once: (K, ...).

        The inputs are repeated for every member, so that each layer is one batched product;
        mapped over the weights alone, TensorFlow would transpose all kernels for the first one.
        """
        if self.structure.members == 1:  # nothing to map, and half as many operations
            only = function([tf.squeeze(value, axis=0) for value in values], inputs)
            return tf.nest.map_structure(lambda result: result[None], only)
        repeated = tf.repeat(inputs[None], self.structure.members, axis=0)
        return tf.vectorized_map(lambda stacked: function(*stacked), (values, repeated))

    def loop_members(self, function: Callable[..., Any], signature: Any) -> Any:
        """`function` of each member's weights, one member after the other: (K, ...).

        Faster than `map_members` where the rows of one member fill the cache.
        """
        return tf.map_fn(
            function, self.values, fn_output_signature=signature, parallel_iterations=1
        )

    def _train(self, inputs: tf.Tensor, targets: tf.Tensor, orders: tf.Tensor) -> None:
        epochs, rows = tf.unstack(tf.shape(orders))
        batch_size = self.structure.batch_size
        steps = (rows + batch_size - 1) // batch_size  # of one epoch

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            start = index % steps * batch_size
            batch = orders[index // steps, start : tf.minimum(start + batch_size, rows)]
            self._step(tf.gather(inputs, batch), tf.gather(targets, batch))
            return (index + 1,)

        tf.while_loop(lambda index: index < epochs * steps, step, (tf.constant(0),))

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> None:
        path = tf.convert_to_tensor(self._path.value)
        with tf.GradientTape() as tape:
            tape.watch(path)
            data_loss, squares = self.map_members(
                lambda weights, rows: self._member_losses(weights, rows, targets),
                self._split(path),
                inputs,
            )
            total = tf.reduce_sum(data_loss) + tf.reduce_sum(self.strengths.value * squares)
        self._optimizer.apply([tape.gradient(total, path)], [self._path])

    def _member_losses(
        self, weights: list[tf.Tensor], inputs: tf.Tensor, targets: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """One member's data loss and what its regularizers return at strength 1, Σw²."""
        outputs, _ = self.model.stateless_call(weights, [], inputs, training=True)
        squares = [regularizer(weights[i]) for i, regularizer in self._regularizers.items()]
        return self.loss(targets, outputs), tf.add_n(squares)

    def _signature(self, experiment: Experiment) -> list[tf.TensorSpec]:
        inputs, outputs = experiment.kernel_shapes[0][0], experiment.kernel_shapes[-1][1]
        if experiment.task == "classification":
            targets = tf.TensorSpec((None,), tf.int32)
        else:
            targets = tf.TensorSpec((None, outputs), experiment.dtype)
        return [
            tf.TensorSpec((None, inputs), experiment.dtype),
            targets,
            tf.TensorSpec((None, None), tf.int32),
        ]


def _any_rows(tensor: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec((None, *tensor.shape[1:]) if tensor.shape.rank else (), tensor.dtype)
