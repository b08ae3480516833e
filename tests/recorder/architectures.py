"""Six models of different kinds, and what must hold of a recorded `fit` on every backend.

``python -m tests.recorder.architectures`` checks them all on the backend of KERAS_BACKEND.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops, regularizers

import l2viz

Data = tuple[Any, Any]
L2 = regularizers.L2

GENERATOR = np.random.default_rng(0)
ROWS = GENERATOR.normal(size=(60, 6)).astype("float32")
IMAGES = GENERATOR.normal(size=(60, 6, 6, 2)).astype("float32")
WORDS = GENERATOR.integers(0, 20, (60, 5))
CLASSES = GENERATOR.integers(0, 3, 60)
VALUES = GENERATOR.normal(size=(60, 1)).astype("float32")


def mlp() -> tuple[keras.Model, Data, Any]:
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, "relu", kernel_regularizer=L2(0.01), bias_regularizer="l1"),
            layers.Dense(3, kernel_regularizer=regularizers.L1L2(0.001, 0.02)),
        ]
    )
    return model, (ROWS, CLASSES), keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def cnn() -> tuple[keras.Model, Data, Any]:
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.SeparableConv2D(4, 3, depthwise_regularizer="l2", pointwise_regularizer="l2"),
            layers.Conv2D(4, 2, activation="relu", kernel_regularizer="l2"),
            layers.Dropout(0.2, seed=5),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    return model, (IMAGES, CLASSES), keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def residual() -> tuple[keras.Model, Data, Any]:
    inputs = keras.Input((6, 6, 2))
    x = layers.Conv2D(4, 3, padding="same", kernel_regularizer="l2")(inputs)
    for _ in range(2):
        y = layers.BatchNormalization(gamma_regularizer="l2")(x)
        y = layers.Conv2D(4, 3, padding="same", use_bias=False, kernel_regularizer="l2")(
            layers.ReLU()(y)
        )
        x = layers.Add()([x, y])
    outputs = layers.Dense(1)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs), (IMAGES, VALUES), "mse"


class Transposed(layers.Layer):
    """The decoder of a tied autoencoder: the transposed kernel of the encoder, and a bias."""

    def __init__(self, encoder: layers.Dense, **settings: Any) -> None:
        super().__init__(**settings)
        self.encoder = encoder

    def build(self, shape: tuple[int, ...]) -> None:
        self.bias = self.add_weight(shape=(6,), initializer="zeros", name="bias")

    def call(self, inputs: object) -> object:
        return ops.matmul(inputs, ops.transpose(self.encoder.kernel)) + self.bias


def autoencoder() -> tuple[keras.Model, Data, Any]:
    encoder = layers.Dense(3, "tanh", kernel_regularizer=L2(0.05), name="encoder")
    inputs = keras.Input((6,))
    code = encoder(inputs)
    return keras.Model(inputs, Transposed(encoder, name="decoder")(code)), (ROWS, ROWS), "mse"


def recurrent() -> tuple[keras.Model, Data, Any]:
    model = keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(20, 4, embeddings_regularizer="l2"),
            layers.GRU(5, kernel_regularizer="l2", recurrent_regularizer=L2(0.03)),
            layers.Dense(3, kernel_regularizer="l2"),
        ]
    )
    return model, (WORDS, CLASSES), keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def two_outputs() -> tuple[keras.Model, Data, Any]:
    inputs = keras.Input((6,))
    hidden = layers.Dense(5, "relu", kernel_regularizer="l2", name="shared")(inputs)
    left = layers.Dense(1, kernel_regularizer=L2(0.1), name="left")(hidden)
    right = layers.Dense(3, "softmax", name="right")(hidden)
    losses = {"left": "mse", "right": "sparse_categorical_crossentropy"}
    model = keras.Model(inputs, {"left": left, "right": right})
    return model, (ROWS, {"left": VALUES, "right": CLASSES}), losses


ARCHITECTURES: dict[str, Callable[[], tuple[keras.Model, Data, Any]]] = {
    make.__name__: make for make in (mlp, cnn, residual, autoencoder, recurrent, two_outputs)
}


def part(data: Data, rows: slice) -> Data:
    """Return some of the examples."""
    return tuple(keras.tree.map_structure(lambda array: array[rows], each) for each in data)


def trained(
    name: str, recorder: l2viz.Recorder | None, epochs: int = 2
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Return a model after `fit` on 40 examples, 20 for validation, and its history."""
    keras.utils.set_random_seed(7)
    model, data, loss = ARCHITECTURES[name]()
    model.compile(keras.optimizers.Adam(0.01), loss)
    keras.utils.set_random_seed(8)
    history = model.fit(
        *part(data, slice(0, 40)),
        batch_size=8,
        epochs=epochs,
        verbose=0,
        validation_data=part(data, slice(40, 60)),
        callbacks=[] if recorder is None else [recorder],
    )
    return model, history.history


def without_penalties(name: str, model: keras.Model) -> keras.Model:
    """Return a copy of a trained model in which no variable has a regularizer."""
    plain, _, loss = ARCHITECTURES[name]()
    for variable in plain.trainable_variables:
        variable.regularizer = None
    plain.compile(loss=loss)
    plain.set_weights(model.get_weights())
    return plain


def penalty_of(model: keras.Model) -> float:
    """Return Keras's own sum of `model.losses`, of a model that has not been trained with them."""
    return float(sum(float(ops.sum(loss)) for loss in model.losses))


def check(name: str) -> None:
    """Compare a recorded `fit` with Keras's `fit`, `evaluate` and `model.losses`."""
    _, data, _ = ARCHITECTURES[name]()
    validation, sample = part(data, slice(40, 60)), part(data, slice(0, 40))
    plain, _ = trained(name, None)
    for given in (None, sample):
        recorder = l2viz.Recorder(sample=given)
        model, history = trained(name, recorder)
        for one, other in zip(plain.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
        path = recorder.trajectory
        penalty = penalty_of(model)
        np.testing.assert_allclose(path.penalty[0, -1].sum(), penalty, rtol=1e-5)
        np.testing.assert_allclose(history["val_penalty"][-1], penalty, rtol=1e-5)
        loss = model.evaluate(*validation, verbose=0, return_dict=True)["loss"]
        both = history["val_data_loss"][-1] + history["val_penalty"][-1]
        np.testing.assert_allclose(both, loss, rtol=1e-5)
        bare = without_penalties(name, model)
        data_loss = bare.evaluate(*validation, verbose=0, return_dict=True)["loss"]
        np.testing.assert_allclose(history["val_data_loss"][-1], data_loss, rtol=1e-5)
        np.testing.assert_allclose(
            np.add(history["data_loss"], history["penalty"]), history["loss"], rtol=1e-6
        )
        if given is not None:
            expected = bare.evaluate(*sample, batch_size=40, verbose=0, return_dict=True)["loss"]
            np.testing.assert_allclose(path.train_data_loss[0, -1], expected, rtol=1e-5)
            assert np.isfinite(path.data_gradient_norm).all()


def main() -> None:
    """Check all architectures; an AssertionError says what is wrong."""
    for name in ARCHITECTURES:
        check(name)
        print(name)


if __name__ == "__main__":
    main()
