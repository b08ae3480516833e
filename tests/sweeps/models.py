"""Models of a strength, of several kinds, each seeded; and the data that they are trained on."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

Build = Callable[[float], keras.Model]
STRENGTHS = (0.0, 1e-3, 0.03)
EXAMPLES = 22  # in batches of 8 the last one is smaller


def images() -> tuple[Any, Any]:
    """Return small images of three classes."""
    generator = np.random.default_rng(1)
    targets = np.arange(EXAMPLES) % 3
    inputs = generator.normal(size=(EXAMPLES, 6, 6, 2)) + targets[:, None, None, None]
    return inputs, targets


def numbers() -> tuple[Any, Any]:
    """Return points of four numbers, and a target of one."""
    inputs = np.random.default_rng(2).normal(size=(EXAMPLES, 4))
    return inputs, (inputs @ [1.0, -2.0, 0.5, 0.0])[:, None]


def words() -> tuple[Any, Any]:
    """Return sequences of five tokens."""
    tokens = np.random.default_rng(3).integers(0, 7, size=(EXAMPLES, 5))
    return tokens, (tokens.sum(axis=1) % 2)[:, None].astype("float64")


def several() -> tuple[Any, ...]:
    """Return two inputs, two targets and weights of examples."""
    inputs, targets = numbers()
    weights = np.linspace(0.5, 1.5, EXAMPLES)
    return {"left": inputs, "right": inputs[:, :2]}, (targets, targets > 0.0), (weights, weights)


def seeds() -> Any:
    """Return an initializer of another seed at each call."""
    numbers = itertools.count(7)
    return lambda: keras.initializers.GlorotUniform(seed=next(numbers))


def cnn(strength: float) -> keras.Model:
    """Return a functional CNN with BatchNorm, Dropout, strides and both paddings."""
    seed, l2 = seeds(), keras.regularizers.L2(strength)
    inputs = keras.Input((6, 6, 2))
    settings = {"activation": "elu", "kernel_regularizer": l2}
    hidden = layers.Conv2D(
        4, 3, padding="same", name="first", kernel_initializer=seed(), **settings
    )(inputs)
    hidden = layers.BatchNormalization(name="norm")(hidden)
    hidden = layers.MaxPooling2D(name="pool")(hidden)
    hidden = layers.Conv2D(
        *(5, 2), strides=(1, 2), name="second", kernel_initializer=seed(), **settings
    )(hidden)
    hidden = layers.Dropout(0.3, seed=5, name="drop")(layers.Flatten(name="flat")(hidden))
    outputs = layers.Dense(3, "softmax", name="last", kernel_initializer=seed())(hidden)
    model = keras.Model(inputs, outputs, name="cnn")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def separable(strength: float) -> keras.Model:
    """Return a model of convolutions that are no plain ones."""
    seed, l2 = seeds(), keras.regularizers.L2(strength)
    inputs = keras.Input((6, 6, 2))
    hidden = layers.SeparableConv2D(
        *(4, 3),
        depthwise_initializer=seed(),
        pointwise_initializer=seed(),
        depthwise_regularizer=l2,
        pointwise_regularizer=l2,
    )(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(4, 3, dilation_rate=2, padding="same", kernel_initializer=seed())(hidden)
    hidden = layers.GlobalAveragePooling2D()(layers.Dropout(0.3, seed=5)(hidden))
    model = keras.Model(inputs, layers.Dense(3, "softmax", kernel_initializer=seed())(hidden))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def dense(strength: float, optimizer: Any = "adam") -> keras.Model:
    """Return a sequential model with no regularizer at λ = 0."""
    seed = seeds()
    regularizer = keras.regularizers.L2(strength) if strength else None
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, "tanh", kernel_initializer=seed(), kernel_regularizer=regularizer),
            layers.Dense(1, kernel_initializer=seed(), kernel_regularizer=regularizer),
        ]
    )
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


class Own(keras.Model):  # type: ignore[misc]
    """A subclassed model that keeps its strength, and is built by its first call."""

    def __init__(self, strength: float) -> None:
        super().__init__(name="own")
        seed = seeds()
        both = keras.regularizers.L1L2(l1=strength / 3.0, l2=strength)
        self.strength = strength
        self.hidden = layers.Dense(
            5, "elu", kernel_initializer=seed(), kernel_regularizer=both, bias_regularizer=both
        )
        self.out = layers.Dense(1, kernel_initializer=seed(), kernel_regularizer=both)

    def call(self, inputs: Any) -> Any:
        return self.out(self.hidden(inputs))


class Secret(Own):
    """One that penalizes its output by the strength, without telling in a setting."""

    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        self.add_loss(self.strength * ops.mean(ops.square(outputs)))
        return outputs


def own(strength: float, of: type[Own] = Own) -> keras.Model:
    """Return a subclassed model that has no weights yet."""
    model = of(strength)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse")
    return model


def secret(strength: float) -> keras.Model:
    """Return a model whose dependence on the strength only its numbers show."""
    return own(strength, Secret)


def recurrent(strength: float) -> keras.Model:
    """Return an Embedding and a GRU."""
    seed, l2 = seeds(), keras.regularizers.L2(strength)
    model = keras.Sequential(
        [
            keras.Input((5,), dtype="int64"),
            layers.Embedding(7, 3, embeddings_initializer=seed(), embeddings_regularizer=l2),
            layers.GRU(
                4,
                kernel_initializer=seed(),
                recurrent_initializer=seed(),
                recurrent_regularizer=l2,
            ),
            layers.Dense(1, "sigmoid", kernel_initializer=seed()),
        ]
    )
    model.compile(keras.optimizers.RMSprop(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


def two_outputs(strength: float) -> keras.Model:
    """Return a model of two inputs and two outputs, with an activity regularizer."""
    seed, l2 = seeds(), keras.regularizers.L2(strength)
    left, right = keras.Input((4,), name="left"), keras.Input((2,), name="right")
    hidden = layers.Dense(
        5, "elu", kernel_initializer=seed(), kernel_regularizer=l2, activity_regularizer="l2"
    )(layers.Concatenate()([left, right]))
    value = layers.Dense(1, name="value", kernel_initializer=seed())(hidden)
    sign = layers.Dense(1, "sigmoid", name="sign", kernel_initializer=seed())(hidden)
    model = keras.Model({"left": left, "right": right}, (value, sign))
    model.compile("adam", ("mse", "binary_crossentropy"), loss_weights=(1.0, 0.5))
    return model


KINDS: dict[str, tuple[Build, Callable[[], Any]]] = {
    "functional CNN": (cnn, images),
    "sequential": (dense, numbers),
    "subclassed, L1L2": (own, numbers),
    "other convolutions": (separable, images),
    "recurrent": (recurrent, words),
    "two outputs, weights": (two_outputs, several),
}
OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "SGD, Nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.8, nesterov=True),
    "SGD, decay": lambda: keras.optimizers.SGD(0.05, weight_decay=0.01, clipvalue=0.5),
    "RMSprop, centered": lambda: keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "Adam, amsgrad, schedule": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.7), amsgrad=True
    ),
    "AdamW": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1, epsilon=1e-5),
    "Adagrad": lambda: keras.optimizers.Adagrad(0.05),
    "Adadelta": lambda: keras.optimizers.Adadelta(0.5),
    "Adamax": lambda: keras.optimizers.Adamax(0.01),
    "Nadam": lambda: keras.optimizers.Nadam(0.01),
    "Ftrl": lambda: keras.optimizers.Ftrl(0.05, beta=0.1),
    "Lion": lambda: keras.optimizers.Lion(0.01),
}
