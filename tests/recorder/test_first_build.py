"""A model that `fit` builds: recorded from its first step on, with the weights of a plain `fit`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

import l2viz
from tests.cases import others_slow

GENERATOR = np.random.default_rng(0)
INPUTS = GENERATOR.normal(size=(40, 5)).astype(np.float32)
TARGETS = GENERATOR.normal(size=(40, 1)).astype(np.float32)


class Subclassed(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.Sequential([layers.Dense(4, "relu", kernel_regularizer="l2")])
        self.drop = layers.Dropout(0.3, seed=1)
        self.outer = layers.Dense(1, bias_regularizer="l1", kernel_regularizer="l1")

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.outer(self.drop(self.inner(inputs), training=training))


class NeedsData(Subclassed):
    def call(self, inputs: Any, training: bool = False) -> Any:
        if not tf.executing_eagerly():
            raise TypeError("real data alone")
        return super().call(inputs, training=training)


def sequential() -> keras.Model:
    batch_norm = layers.BatchNormalization(gamma_regularizer="l2")
    hidden = layers.Dense(6, "relu", kernel_regularizer="l2")
    return keras.Sequential([hidden, batch_norm, layers.Dropout(0.2), layers.Dense(1)])


def batches() -> Iterator[tuple[Any, Any]]:
    for start in range(0, 40, 8):
        yield INPUTS[start : start + 8], TARGETS[start : start + 8]


def dataset() -> Any:
    return tf.data.Dataset.from_tensor_slices((INPUTS, TARGETS)).batch(8)


DATA: dict[str, Callable[[], tuple[Any, ...]]] = {
    "arrays": lambda: (INPUTS, TARGETS),
    "dataset": lambda: (dataset(),),
    "generator": lambda: (batches(),),
}


def fit(model: keras.Model, data: str, *callbacks: Any, eager: bool) -> dict[str, list[float]]:
    model.compile("adam", "mse", run_eagerly=eager)
    epochs = 1 if data == "generator" else 3
    history = model.fit(
        *DATA[data](), epochs=epochs, shuffle=False, verbose=0, callbacks=[*callbacks]
    )
    found: dict[str, list[float]] = history.history
    return found


@pytest.mark.filterwarnings("ignore:Your input ran out of data")  # Keras, of a generator
@pytest.mark.parametrize("eager", others_slow([False, True], quick=[False]))
@pytest.mark.parametrize("data", others_slow(DATA, quick=["arrays", "generator"]))
@pytest.mark.parametrize("build", [sequential, Subclassed])
def test_it_is_recorded_from_its_first_step_on(
    build: Callable[[], keras.Model], data: str, eager: bool
) -> None:
    keras.utils.set_random_seed(3)
    plain = build()
    wanted = fit(plain, data, eager=eager)
    keras.utils.set_random_seed(3)
    model, recorder = build(), l2viz.Recorder()
    found = fit(model, data, recorder, eager=eager)
    assert found["loss"] == wanted["loss"]
    for one, other in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    penalty = recorder.trajectory.penalty[0]
    assert (penalty[0].sum() > 0.0) and len(penalty) == len(found["loss"]) + 1
    assert penalty[-1].sum() == pytest.approx(float(ops.sum(model.losses)), rel=1e-5)
    assert min(found["penalty"]) > 0.0
    together = np.add(found["data_loss"], found["penalty"])
    np.testing.assert_allclose(together, found["loss"], rtol=1e-5)


def test_one_that_cannot_be_built_before_is_named() -> None:
    model = NeedsData()
    with pytest.warns(UserWarning, match="is built in its first step.*Call it on a batch before"):
        fit(model, "arrays", l2viz.Recorder(), eager=True)
