"""The training step beside one written by hand, and what of it the products take, as a table.

    python -m tests.benchmarks.step [rounds]

One process, one thread, one shard. The step by hand has no Keras in it: the fewest operations with
which TensorFlow trains these members, all sides of a step in one graph. What the table calls its
products is the same step without loss, penalty and Adam. All take turns in each round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from l2viz import data
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from tests.benchmarks.command import repetitions

EPOCHS = 20
MEMBERS = 8


class ByHand:
    """Dense layers of ReLU and softmax, L2 and Adam (Keras's defaults): forward and backward."""

    def __init__(self, training: PathTraining, *, products_only: bool = False) -> None:
        experiment, dataset = training.experiment, training.datasets[0]
        self._inputs = tf.constant(dataset.train_inputs)
        self._targets = tf.constant(dataset.train_targets)
        self._strengths = tf.constant(np.float32(experiment.strengths))[:, None, None]
        self._size, self._rate = experiment.batch_size, experiment.learning_rate
        self._products_only = products_only
        first = [
            np.stack([training.member_weights(row)[i] for row in range(MEMBERS)]) for i in range(6)
        ]
        self.kernels = [tf.Variable(each) for each in first[::2]]
        self.biases = [tf.Variable(each[:, None]) for each in first[1::2]]
        self._all = [*self.kernels, *self.biases]
        self._moments = [
            (tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in self._all
        ]
        self._steps = tf.Variable(0.0)
        signature = [tf.TensorSpec((None, None), tf.int32)]
        self.train = tf.function(self._train, autograph=False, input_signature=signature)

    def _train(self, orders: tf.Tensor) -> None:
        epochs, examples = tf.unstack(tf.shape(orders))

        def epoch(index: tf.Tensor) -> tuple[tf.Tensor]:
            def step(at: tf.Tensor) -> tuple[tf.Tensor]:
                batch = tf.slice(orders[index], (at * self._size,), (self._size,))
                self._step(tf.gather(self._inputs, batch), tf.gather(self._targets, batch))
                return (at + 1,)

            tf.while_loop(lambda at: at < examples // self._size, step, (tf.constant(0),))
            return (index + 1,)

        tf.while_loop(lambda index: index < epochs, epoch, (tf.constant(0),))

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> None:
        kernels = [kernel.value() for kernel in self.kernels]
        entering = [tf.broadcast_to(inputs[None], (MEMBERS, *inputs.shape))]
        for kernel, bias in zip(kernels, self.biases, strict=True):
            entering.append(tf.matmul(entering[-1], kernel) + bias)
            if kernel is not kernels[-1]:
                entering[-1] = tf.nn.relu(entering[-1])
        error = entering.pop()
        if not self._products_only:
            error = (tf.nn.softmax(error) - tf.one_hot(targets, 10)[None]) / self._size
        of_kernels, of_biases = [], []
        for kernel, entered in zip(reversed(kernels), reversed(entering), strict=True):
            of_kernels.insert(0, tf.matmul(entered, error, transpose_a=True))
            of_biases.insert(0, tf.reduce_sum(error, 1, keepdims=True))
            if kernel is not kernels[0]:
                error = tf.matmul(error, kernel, transpose_b=True)
                error *= tf.cast(entered > 0, tf.float32)
        if not self._products_only:
            pairs = zip(of_kernels, kernels, strict=True)
            of_kernels = [gradient + 2.0 * self._strengths * kernel for gradient, kernel in pairs]
        self._apply([*of_kernels, *of_biases])

    def _apply(self, gradients: list[tf.Tensor]) -> None:
        step = self._steps.assign_add(1.0)
        for variable, gradient, moments in zip(self._all, gradients, self._moments, strict=True):
            if self._products_only:
                tf.raw_ops.ResourceApplyGradientDescent(
                    var=variable.handle, alpha=1e-12, delta=gradient
                )
                continue
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=moments[0].handle,
                v=moments[1].handle,
                beta1_power=0.9**step,
                beta2_power=0.999**step,
                lr=self._rate,
                beta1=0.9,
                beta2=0.999,
                epsilon=1e-7,
                grad=gradient,
            )


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of an epoch of each side, by round."""
    experiment = Experiment(train_size=1408, strengths=strength_grid(1e-4, 0.1, MEMBERS - 1))
    dataset = data.load(experiment)
    inputs, targets = tf.constant(dataset.train_inputs), tf.constant(dataset.train_targets)
    orders = _orders(len(dataset.train_targets))
    with PathTraining(experiment) as training:
        by_hand = ByHand(training)
        products = ByHand(training, products_only=True)
        program, _ = training.holding(0)
        sides: dict[str, Callable[[], object]] = {
            "l2viz": lambda: program.train(inputs, targets, orders),
            "by hand": lambda: by_hand.train(orders),
            "its products": lambda: products.train(orders),
        }
        # One epoch of the two sides that train must give the same weights.
        program.train(inputs, targets, orders[:1])
        by_hand.train(orders[:1])
        theirs = [kernel.numpy() for kernel in by_hand.kernels]
        for layer, kernels in enumerate(theirs):
            np.testing.assert_allclose(program.model.kernel(layer), kernels, atol=2e-3)
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(-1, rounds):
            for name, train in sides.items():
                start = time.perf_counter()
                train()
                if turn >= 0:
                    taken[name].append((time.perf_counter() - start) / EPOCHS)
    return taken


def _orders(size: int) -> NDArray[np.int32]:
    generator = np.random.default_rng(0)
    return np.array([generator.permutation(size) for _ in range(EPOCHS)], dtype=np.int32)


def table(taken: dict[str, list[float]]) -> str:
    rows = [
        f"| one epoch, 1,408 digits, batches of 32, {MEMBERS} strengths, one thread | ms | ratio |",
        "| --- | ---: | ---: |",
    ]
    for name, seconds in taken.items():
        pairs = zip(seconds, taken["by hand"], strict=True)
        ratio = statistics.median(mine / other for mine, other in pairs)
        rows.append(f"| {name} | {1e3 * statistics.median(seconds):.1f} | {ratio:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(measure(repetitions(25))))
