"""The time that `l2viz.Recorder` adds to `fit`, as a Markdown table.

python -m tests.benchmarks.recorder [pairs]

Each pair trains one compiled model for some epochs without a recorder and with one, in an order
that changes from pair to pair. The first call of each, which traces, is not timed.
"""

from __future__ import annotations

import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

import l2viz
from tests.benchmarks.command import repetitions

EPOCHS = 5


def dense(*units: int) -> keras.Model:
    """Return a classifier of digits whose kernels are all regularized."""
    hidden = [layers.Dense(size, "relu", kernel_regularizer="l2") for size in units]
    output = layers.Dense(10, "softmax", kernel_regularizer="l2")
    return keras.Sequential([keras.Input((64,)), *hidden, output])


def convolutions() -> keras.Model:
    """Return a classifier with two convolutions."""
    conv = [layers.Conv2D(f, 3, activation="relu", kernel_regularizer="l2") for f in (8, 16)]
    output = layers.Dense(10, "softmax", kernel_regularizer="l2")
    first = [keras.Input((64,)), layers.Reshape((8, 8, 1))]
    return keras.Sequential([*first, *conv, layers.Flatten(), output])


NETWORKS = {
    "Dense 64-32-10": lambda: dense(64, 32),
    "Dense 1024-1024-10": lambda: dense(1024, 1024),
    "Conv2D 8-16": convolutions,
}


def overheads(model: keras.Model, pairs: int) -> list[float]:
    """Return time with a recorder ÷ time without, one for each pair."""
    digits = load_digits()
    inputs, targets = digits.data[:1438].astype("float32") / 16.0, digits.target[:1438]
    model.compile("adam", "sparse_categorical_crossentropy")

    def seconds(callbacks: list[keras.callbacks.Callback]) -> float:
        start = time.perf_counter()
        model.fit(inputs, targets, batch_size=32, epochs=EPOCHS, verbose=0, callbacks=callbacks)
        return time.perf_counter() - start

    recorder = l2viz.Recorder()  # it continues, as in one long fit
    for callbacks in ([], [recorder], []):
        seconds(callbacks)
    ratios = []
    for pair in range(pairs):
        order = ([], [recorder]) if pair % 2 else ([recorder], [])
        times = {len(callbacks): seconds(callbacks) for callbacks in order}
        ratios.append(times[1] / times[0])
    return ratios


def table(pairs: int) -> str:
    """Return the median overhead of each network, and the quartiles."""
    rows = [
        "| `fit` with a recorder, compared with none | median | half of the pairs |",
        "| --- | ---: | --- |",
    ]
    for name, make in NETWORKS.items():
        quartiles = 100.0 * (np.quantile(overheads(make(), pairs), [0.25, 0.5, 0.75]) - 1.0)
        low, median, high = quartiles
        rows.append(f"| {name} | {median:+.1f} % | {low:+.1f} to {high:+.1f} % |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(repetitions(21)))
