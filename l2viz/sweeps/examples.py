"""Training data as anyone hands them to `fit`, and the order of each epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from l2viz.trajectory import Array
from l2viz.validation import InvalidValue


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """N examples: a tuple of inputs, targets and perhaps weights, each an array or a structure.

    Floats have Keras's float type, to which `fit` would cast them.
    """

    parts: tuple[Any, ...]
    count: int

    @classmethod
    def of(cls, field: str, given: object) -> Examples:
        """Return checked examples. Raises InvalidValue."""
        if not isinstance(given, tuple) or len(given) not in (2, 3):
            raise InvalidValue(field, "be a tuple: inputs, targets, or with weights", given)
        parts = keras.tree.map_structure(lambda leaf: _array(field, leaf), given)
        sizes = {len(leaf) for leaf in keras.tree.flatten(parts)}
        if len(sizes) != 1 or 0 in sizes:
            rule = "have arrays of one length, and at least one example"
            raise InvalidValue(field, rule, sorted(sizes))
        return cls(parts=parts, count=sizes.pop())

    def rows(self, rows: Any) -> tuple[Any, ...]:
        """Return inputs, targets and perhaps weights of these examples."""
        taken: tuple[Any, ...] = keras.tree.map_structure(lambda leaf: leaf[rows], self.parts)
        return taken


def _array(field: str, leaf: object) -> Array:
    try:
        array = np.asarray(leaf)
    except (TypeError, ValueError):
        raise InvalidValue(field, "be arrays", leaf) from None
    if array.ndim == 0 or array.dtype.kind not in "fiub":
        raise InvalidValue(field, "be arrays of numbers, an example to a row", leaf)
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


def orders(seed: int, count: int) -> Iterator[Array]:
    """Yield the order of the examples in one epoch after the other."""
    generator = np.random.default_rng(seed)
    while True:
        yield generator.permutation(count).astype(np.int32)


class OrderedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of an epoch, in an order that can be set; the last one may be smaller.

    Its own `on_epoch_end` is of no use: Keras calls it for more than the epochs of training.
    """

    def __init__(self, examples: Examples, batch_size: int) -> None:
        super().__init__()
        self._examples, self._size = examples, batch_size
        self.order: Array = np.arange(examples.count)

    def __len__(self) -> int:
        return math.ceil(self._examples.count / self._size)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return self._examples.rows(self.order[index * self._size : (index + 1) * self._size])
