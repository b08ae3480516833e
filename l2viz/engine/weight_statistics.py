"""Statistics of stacked kernels: sparsity, histograms, norms of units, sampled weights.

A kernel here is flat, (S, weights), but in `unit_norm`.
"""

from __future__ import annotations

import tensorflow as tf

from l2viz.engine.stacked_rows import Weights
from l2viz.trajectory import BINS, FADED, NORMED_UNITS


def exact_zeros(kernel: tf.Tensor) -> tf.Tensor:
    """Return the share of weights that are exactly zero, (S,)."""
    return tf.reduce_mean(tf.cast(kernel == 0.0, tf.float32), axis=1)


def sparsity(
    kernel: tf.Tensor, gradient: tf.Tensor, thresholds: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the share of weights with |w| <= τ, and of those that have no gradient too, (S, T)."""
    members, steps = kernel.shape[0], thresholds.shape[0]
    # Index of the first τ >= |w|, computed from log |w|, as the thresholds are log-spaced: a
    # search is three times as slow.
    lowest, highest = tf.math.log(thresholds[0]), tf.math.log(thresholds[-1])
    place = (tf.math.log(tf.abs(kernel)) - lowest) * ((steps - 1) / (highest - lowest))
    place = tf.cast(tf.clip_by_value(tf.math.ceil(place), 0.0, float(steps)), tf.int32)
    place = tf.maximum(place, 0)  # NaN, of a diverged run: any valid index will do
    place += (steps + 1) * tf.range(members)[:, None]
    size = (steps + 1) * members

    def counts(weights: tf.Tensor | None) -> tf.Tensor:
        flat = None if weights is None else tf.reshape(weights, (-1,))
        found = tf.math.bincount(
            tf.reshape(place, (-1,)), flat, minlength=size, maxlength=size, dtype=tf.float32
        )
        return tf.cumsum(tf.reshape(found, (members, steps + 1)), axis=1)[:, :steps]

    idle = tf.cast(gradient == 0.0, tf.float32)
    return counts(None) / kernel.shape[1], counts(idle) / kernel.shape[1]


def unit_norm(kernel: tf.Tensor) -> tf.Tensor:
    """Return the norm of the incoming weights of each unit, the first 64, (S, U)."""
    columns = tf.reshape(kernel, (kernel.shape[0], -1, kernel.shape[-1]))
    return tf.norm(columns[:, :, :NORMED_UNITS], axis=1)


def faded_units(kernels: Weights) -> tf.Tensor:
    """Return how many units of each kernel (S, inputs, units) have no |w| > FADED, (S, kernels)."""
    columns = [
        tf.reduce_sum(tf.cast(tf.reduce_max(tf.abs(w), axis=1) <= FADED, tf.float32), axis=1)
        for w in kernels
    ]
    return tf.stack(columns, axis=1)


def histogram(kernel: tf.Tensor, lowest: tf.Tensor, highest: tf.Tensor) -> tf.Tensor:
    """Return the counts of weights in each bin, (S, bins); the outermost count all beyond them."""
    members = kernel.shape[0]
    position = (kernel - lowest) * (BINS / (highest - lowest))
    within = tf.clip_by_value(position, 0.0, BINS - 1.0)  # before the cast, which overflows
    bins = tf.maximum(tf.cast(within, tf.int32), 0)  # NaN, of a diverged run: any bin will do
    flat = tf.reshape(bins + BINS * tf.range(members)[:, None], (-1,))
    counts = tf.math.bincount(flat, minlength=BINS * members, maxlength=BINS * members)
    return tf.reshape(counts, (members, BINS))


def sampled(tensors: Weights, positions: list[tf.Tensor]) -> tf.Tensor:
    """Return the sampled positions of each flat kernel, layer after layer, (S, sampled)."""
    picked = [
        tf.gather(tensor, index, axis=1) for tensor, index in zip(tensors, positions, strict=True)
    ]
    return tf.concat(picked, axis=1)
