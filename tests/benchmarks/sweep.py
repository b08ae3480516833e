"""The time of `l2viz.sweep` beside a loop of `fit`s, as a Markdown table.

python -m tests.benchmarks.sweep [epochs]

Both sides train anyone's own models at 16 strengths, with validation after each epoch. The whole
time is of new models, traces included; the time of an epoch is that of the later ones.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

import l2viz
from l2viz.progress import Progress
from tests.benchmarks.command import repetitions

STRENGTHS = (0.0, *np.geomspace(1e-5, 1e-1, 15).tolist())
TRAINED = 1_438


def compiled(outputs: Any, inputs: Any) -> keras.Model:
    """Return a compiled classifier."""
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def cnn(strength: float) -> keras.Model:
    """Return a functional CNN with BatchNorm and Dropout."""
    l2 = keras.regularizers.L2(strength)
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Conv2D(8, 3, padding="same", activation="relu", kernel_regularizer=l2)(inputs)
    hidden = layers.MaxPooling2D()(hidden)
    hidden = layers.Conv2D(16, 3, activation="relu", kernel_regularizer=l2)(hidden)
    hidden = layers.Flatten()(layers.BatchNormalization()(hidden))
    hidden = layers.Dense(32, "relu", kernel_regularizer=l2)(layers.Dropout(0.2)(hidden))
    return compiled(layers.Dense(10, "softmax", kernel_regularizer=l2)(hidden), inputs)


def residual(strength: float) -> keras.Model:
    """Return a residual CNN with a stride, and global pooling."""
    settings = {"padding": "same", "kernel_regularizer": keras.regularizers.L2(strength)}
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Conv2D(16, 3, **settings)(inputs)
    for _ in range(2):
        inner = layers.BatchNormalization()(layers.Conv2D(16, 3, **settings)(hidden))
        hidden = layers.Activation("relu")(layers.Add()([hidden, inner]))
    hidden = layers.Conv2D(32, 3, strides=2, activation="relu", **settings)(hidden)
    return compiled(layers.Dense(10, "softmax")(layers.GlobalAveragePooling2D()(hidden)), inputs)


def dense(strength: float) -> keras.Model:
    """Return a dense network."""
    l2 = keras.regularizers.L2(strength)
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Flatten()(inputs)
    for units in (64, 32):
        hidden = layers.Dense(units, "relu", kernel_regularizer=l2)(hidden)
    return compiled(layers.Dense(10, "softmax", kernel_regularizer=l2)(hidden), inputs)


NETWORKS = {
    "Conv2D 8-16, BatchNorm, Dropout": cnn,
    "residual, Conv2D 16-16-16-32": residual,
    "Dense 64-32-10": dense,
}


class Stamps(Progress):
    """Notes the time of each epoch of a sweep."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(1, shown=False)
        STAMPS.append(time.perf_counter())

    def advance(self, epochs: int) -> None:
        """Note the time."""
        STAMPS.append(time.perf_counter())


STAMPS: list[float] = []


def times_of_sweep(build: Callable[[float], Any], data: Any, epochs: int) -> tuple[float, float]:
    """Return the seconds of a whole sweep, and of a later epoch of it."""
    STAMPS.clear()
    start = time.perf_counter()
    l2viz.sweep(build, data[0], STRENGTHS, validation_data=data[1], epochs=epochs, verbose=False)
    return time.perf_counter() - start, float(np.median(np.diff(STAMPS)[1:]))


def times_of_fit(build: Callable[[float], Any], data: Any, epochs: int) -> tuple[float, float]:
    """Return the seconds of a loop of fits, and of a later epoch of all of them."""
    later: list[float] = []
    start = time.perf_counter()
    for strength in STRENGTHS:
        stamps: list[float] = []
        note = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda *_, stamps=stamps: stamps.append(time.perf_counter())
        )
        model = build(strength)
        model.fit(*data[0], validation_data=data[1], epochs=epochs, verbose=0, callbacks=[note])
        later.append(float(np.median(np.diff(stamps))))
    return time.perf_counter() - start, sum(later)


def table(epochs: int) -> str:
    """Return both times of each network."""
    digits = load_digits()
    inputs = (digits.data / 16.0).reshape(-1, 8, 8, 1).astype("float32")
    data = (
        (inputs[:TRAINED], digits.target[:TRAINED]),
        (inputs[TRAINED:], digits.target[TRAINED:]),
    )
    head = (
        *(f"16 strengths, {epochs} epochs of 1,438 digits", "`fit` for each", "`l2viz.sweep`"),
        *("ratio", "a later epoch of all: `fit`", "`l2viz.sweep`", "ratio"),
    )
    rows = [
        f"| {' | '.join(head)} |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, build in NETWORKS.items():
        of_fit, of_sweep = (each(build, data, epochs) for each in (times_of_fit, times_of_sweep))
        whole = f"{of_fit[0]:.1f} s | {of_sweep[0]:.1f} s | {of_fit[0] / of_sweep[0]:.1f} ×"
        later = f"{of_fit[1]:.2f} s | {of_sweep[1]:.2f} s | {of_fit[1] / of_sweep[1]:.1f} ×"
        rows.append(f"| {name} | {whole} | {later} |")
    return "\n".join(rows)


if __name__ == "__main__":
    import l2viz.sweeps.sweep as timed

    timed.Progress = Stamps  # type: ignore[misc]
    print(table(repetitions(10)))
