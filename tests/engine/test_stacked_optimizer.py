"""PathOptimizer: each row of it is Keras's own optimizer, step by step."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from l2viz.engine.model import build_optimizer
from l2viz.engine.stacked_optimizer import PathOptimizer
from l2viz.experiment import Experiment
from tests.cases import others_slow

pytestmark = pytest.mark.usefixtures("one_thread")

SETTINGS: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": "sgd"},
    "sgd, momentum": {"optimizer": "sgd", "momentum": 0.9},
    "adam": {"optimizer": "adam"},
    "adamw": {"optimizer": "adamw", "weight_decay": 0.0},  # decay is no part of a step here
    "rmsprop": {"optimizer": "rmsprop"},
    "rmsprop, momentum": {"optimizer": "rmsprop", "momentum": 0.7},
}
STEPS, ROWS, WEIGHTS = 12, 3, 40


def gradients() -> np.ndarray:
    """Return gradients (steps, rows, weights) of sizes from 1e-12 to 1e6, some of them zero."""
    generator = np.random.default_rng(3)
    shape = (STEPS, ROWS, WEIGHTS)
    sizes = 10.0 ** generator.uniform(-12, 6, shape)
    return sizes * generator.choice([-1.0, 0.0, 1.0], shape)


def stepped(optimizer: PathOptimizer, path: tf.Variable, given: np.ndarray) -> np.ndarray:
    """Return the weights after each step, (steps, rows, weights)."""
    after = []
    for gradient in given:
        optimizer.apply(tf.constant(gradient, path.dtype) * optimizer.gradient_scale())
        after.append(path.numpy())
    return np.array(after)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.usefixtures("floatx64")
def test_in_float64_each_step_is_keras_own(name: str) -> None:
    experiment = Experiment(**SETTINGS[name], learning_rate=0.05, dtype="float64")
    start = np.random.default_rng(4).normal(size=(ROWS, WEIGHTS))
    path = tf.Variable(start)
    optimizer = PathOptimizer(experiment, path)
    optimizer.restart(0.05)
    ours = stepped(optimizer, path, gradients())
    for row in range(ROWS):
        weights = keras.Variable(start[row], dtype="float64")
        plain = build_optimizer(experiment)
        for step, gradient in enumerate(gradients()[:, row]):
            plain.apply([tf.constant(gradient)], [weights])
            np.testing.assert_allclose(ours[step, row], weights.numpy(), rtol=1e-13, atol=1e-13)
    assert np.abs(ours[-1] - start).min() > 0.0


@pytest.mark.parametrize("name", SETTINGS)
def test_in_float32_each_step_is_keras_own(name: str) -> None:
    experiment = Experiment(**SETTINGS[name], learning_rate=0.05)
    start = np.random.default_rng(4).normal(size=(ROWS, WEIGHTS)).astype(np.float32)
    path = tf.Variable(start)
    optimizer = PathOptimizer(experiment, path)
    optimizer.restart(0.05)
    bounded = np.clip(gradients(), -1.0, 1.0)
    ours = stepped(optimizer, path, bounded)
    weights = keras.Variable(start[1], dtype="float32")
    plain = build_optimizer(experiment)
    for step, gradient in enumerate(bounded[:, 1]):
        plain.apply([tf.constant(gradient, tf.float32)], [weights])
        np.testing.assert_allclose(ours[step, 1], weights.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", SETTINGS)
def test_its_slots_are_keras_own(name: str) -> None:
    experiment = Experiment(**SETTINGS[name], learning_rate=0.05)
    path = tf.Variable(np.zeros((ROWS, WEIGHTS), np.float32))
    optimizer = PathOptimizer(experiment, path)
    optimizer.restart(0.05)
    bounded = np.clip(gradients(), -1.0, 1.0)
    stepped(optimizer, path, bounded)
    weights = keras.Variable(np.zeros(WEIGHTS), dtype="float32", name="kernel")
    plain = build_optimizer(experiment)
    plain.build([weights])
    for gradient in bounded[:, 2]:
        plain.apply([tf.constant(gradient, tf.float32)])
    slots = {
        variable.name.rpartition("_")[2]: variable.numpy()
        for variable in plain.variables
        if variable.name.startswith("kernel_")
    }
    assert set(optimizer.slots) == set(slots)
    for kind, values in slots.items():
        np.testing.assert_allclose(optimizer.slots[kind].numpy()[2], values, rtol=1e-5, atol=1e-7)
    assert int(optimizer.iterations.numpy()) == int(plain.iterations.numpy()) == STEPS


@pytest.mark.parametrize("name", others_slow(SETTINGS, quick=["adam"]))
def test_in_float32_no_step_errs_to_one_side(name: str) -> None:
    """The averages of many gradients are Keras's too, also where gradients shrink.

    Adam's own kernel is off by 1.3e-5 in the second moment of the first steps, as 1 − 0.999 of a
    rounded 0.999 is not 0.001; the kernel of RMSprop by 2.4e-7.
    """
    steps = 400
    experiment = Experiment(**SETTINGS[name], learning_rate=0.01)
    generator = np.random.default_rng(6)
    given = generator.normal(0.3, 1.0, (steps, 1, 1_000))
    given[steps // 2 :] *= 0.01
    start = generator.normal(size=given.shape[1:]).astype(np.float32)
    path = tf.Variable(start)
    optimizer = PathOptimizer(experiment, path)
    optimizer.restart(0.01)
    weights = keras.Variable(start[0], dtype="float32", name="kernel")
    plain = build_optimizer(experiment)
    plain.build([weights])
    for count, gradient in enumerate(given, start=1):
        stepped(optimizer, path, gradient[None])
        plain.apply([tf.constant(gradient[0], tf.float32)])
        if count in (1, 30, steps // 2, steps):
            if "velocity" in optimizer.slots:
                (theirs,) = (v.numpy() for v in plain.variables if v.name.endswith("velocity"))
                assert abs(np.mean(optimizer.slots["velocity"].numpy() / theirs - 1.0)) < 1e-7
            np.testing.assert_allclose(path.numpy()[0], weights.numpy(), rtol=0.0, atol=2e-6)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("before", [1.0, np.inf, np.nan])
def test_started_again_it_is_as_new(name: str, before: float) -> None:
    """NaN too: a traced program is reused after a run that diverged."""
    experiment = Experiment(**SETTINGS[name])
    start = np.random.default_rng(5).normal(size=(ROWS, WEIGHTS)).astype(np.float32)
    bounded = np.clip(gradients(), -1.0, 1.0)
    path = tf.Variable(start)
    new = PathOptimizer(experiment, path)
    new.restart(0.02)
    expected = stepped(new, path, bounded)

    path = tf.Variable(start)
    used = PathOptimizer(experiment, path)
    used.restart(0.5)
    stepped(used, path, np.full((2, ROWS, WEIGHTS), before))
    path.assign(start)
    used.restart(0.02)
    np.testing.assert_array_equal(stepped(used, path, bounded), expected)
