"""What `keras.regularizers.L2` returns, by its formula; a test compares it with Keras."""

from __future__ import annotations

import json
import math

import numpy as np
from numpy.typing import NDArray

from l2viz.validation import InvalidValue

_MOST = 1_000  # numbers in a tensor at most
Tensor = NDArray[np.float32]


def read_tensor(text: str) -> Tensor:
    """Parse numbers in brackets, "[[1, -2], [0.5, 0]]", into a tensor. Raises InvalidValue."""
    rule = "be numbers in brackets, rows of one length, like [[1, -2], [0.5, 0]]"
    try:
        value = json.loads(text)
        with np.errstate(over="ignore"):
            tensor = np.asarray(value, np.float32)
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise InvalidValue("tensor", rule, text[:80]) from error
    if not tensor.size or tensor.dtype == object or not all_numbers(value):
        raise InvalidValue("tensor", rule, text[:80])
    if tensor.size > _MOST or not np.isfinite(tensor).all():
        raise InvalidValue("tensor", f"be at most {_MOST} finite float32 numbers", text[:80])
    return tensor


def all_numbers(value: object) -> bool:
    """Return whether nested lists contain only numbers: no bool, str or None."""
    if isinstance(value, list):
        return all(map(all_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def penalty(tensor: Tensor, strength: float) -> float:
    """λ·Σw², in float32 as in Keras (regularizers/regularizers.py, L2.__call__)."""
    with np.errstate(over="ignore"):
        value = np.float32(strength) * np.square(tensor).sum(dtype=np.float32)
    return math.inf if np.isinf(value) else float(value)


def gradient(tensor: Tensor, strength: float) -> Tensor:
    """2λw, of the tensor's shape."""
    result: Tensor = np.float32(2.0) * np.float32(strength) * tensor
    return result
