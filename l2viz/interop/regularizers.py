"""One regularizer of any class -> its source code, its strengths, and its term in the loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from l2viz.interop.summary_table import written


def describe(regularizer: Any) -> str:
    """Return a regularizer as source code, "L2(l2=0.01)", or the name of a function."""
    if not hasattr(regularizer, "get_config"):
        return str(getattr(regularizer, "__name__", type(regularizer).__name__))
    return written(type(regularizer).__name__, config_of(regularizer))


def config_of(regularizer: Any) -> Mapping[str, Any]:
    """Return a regularizer's settings; {} if it cannot tell them."""
    if not hasattr(regularizer, "get_config"):
        return {}
    try:
        return dict(regularizer.get_config())
    except Exception:  # noqa: BLE001 - a class of anyone's, which Keras trains all the same
        return {}


def strengths_of(regularizer: Any) -> Mapping[str, float]:
    """Return the numbers in a regularizer's settings: {"l2": 0.01}."""
    return {
        name: as_written(value)
        for name, value in config_of(regularizer).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def total(losses: Iterable[Any]) -> float:
    """Sum all elements of the losses, as Keras's `compute_loss` does."""
    import keras

    return sum(_number(keras.ops.convert_to_tensor(loss)) for loss in losses)


def _number(loss: Any) -> float:
    """Return the sum of a tensor's elements, of whatever type: numpy has no bfloat16."""
    import keras

    if keras.backend.standardize_dtype(loss.dtype) != "float64":
        loss = keras.ops.cast(loss, "float32")
    return float(keras.ops.convert_to_numpy(loss).astype(np.float64).sum())


def same(one: Any, other: Any) -> bool:
    """Return whether two regularizers are one object, or of one class with equal settings."""
    if one is other:
        return True
    if type(one) is not type(other) or not hasattr(one, "get_config"):
        return False
    settings = config_of(one)
    return bool(settings) and settings == config_of(other)


def reason(problem: BaseException) -> str:
    """Return an error in one line: its class and the first sentence of its message."""
    first = next(iter(str(problem).strip().splitlines()), "")
    text = f"{type(problem).__name__}: {first}" if first else type(problem).__name__
    return text if len(text) <= 160 else f"{text[:159]}…"


def as_written(value: float) -> float:
    """Undo the rounding to float32: Keras's L1 stores 0.01 as 0.009999999776."""
    with np.errstate(over="ignore"):  # too large for float32: returned unchanged
        single = np.float32(value)
    return float(str(single)) if float(single) == value else float(value)
