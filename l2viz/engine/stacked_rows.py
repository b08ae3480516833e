"""Weights of several networks as the rows of one tensor, and functions mapped over the rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

Weights = list[tf.Tensor]


class Layout:
    """Where each weight of a network lies in a row.

    shapes  of the weights, in Keras's order
    sizes   their numbers of elements
    """

    def __init__(self, shapes: Sequence[Sequence[int]]) -> None:
        self.shapes = [tuple(shape) for shape in shapes]
        self.sizes = [math.prod(shape) for shape in self.shapes]

    def split(self, rows: tf.Tensor) -> Weights:
        """Split (S, total weights) into stacked weights, (S, *weight shape)."""
        parts = tf.split(rows, self.sizes, axis=1)
        return [
            tf.reshape(part, (rows.shape[0], *shape))
            for part, shape in zip(parts, self.shapes, strict=True)
        ]


def map_rows(function: Callable[..., Any], *stacked: Any) -> Any:
    """Call `function` on each row of `stacked`, vectorized over rows; return (S, ...)."""
    if tf.nest.flatten(stacked)[0].shape[0] == 1:  # unmapped it takes half as many operations
        only = function(*tf.nest.map_structure(lambda rows: tf.squeeze(rows, 0), stacked))
        return tf.nest.map_structure(lambda result: tf.convert_to_tensor(result)[None], only)
    return tf.vectorized_map(lambda rows: function(*rows), stacked)
