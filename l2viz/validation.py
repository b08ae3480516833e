"""Value -> the same value in its canonical type, or an error that names field, rule and value."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np


class ExperimentError(ValueError):
    """A setting was refused: the message names the field, the rule and the value received."""

    def __init__(self, field: str, rule: str, value: object) -> None:
        super().__init__(f"{field} must {rule}, got {_shown(value)}")
        self.field = field
        self.rule = rule
        self.value = value


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - Python refuses to print integers of 4,301 digits and more
        text = f"a value of type {type(value).__name__} that cannot be printed"
    return text if len(text) <= 80 else f"{text[:77]}..."


def choice(field: str, value: object, choices: tuple[str, ...]) -> str:
    """One of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise ExperimentError(field, f"be one of {', '.join(choices)}", value)
    return value


def flag(field: str, value: object) -> bool:
    """True or False, nothing that merely counts as one."""
    if not isinstance(value, bool | np.bool_):
        raise ExperimentError(field, "be True or False", value)
    return bool(value)


def integer(field: str, value: object, smallest: int, largest: int) -> int:
    """A whole number from `smallest` to `largest`; True and False are not numbers."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise ExperimentError(field, "be an integer", value)
    integer = int(value)
    if integer < smallest:
        raise ExperimentError(field, f"be >= {smallest}", value)
    if integer > largest:
        raise ExperimentError(field, f"be <= {largest}", value)
    return integer


def number(field: str, value: object, smallest: float, largest: float) -> float:
    """A finite number from `smallest` to `largest`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ExperimentError(field, "be a number", value)
    try:
        number = float(value)
    except OverflowError:  # an integer beyond every float
        number = math.inf
    if not math.isfinite(number):
        raise ExperimentError(field, "be finite", value)
    if number < smallest:
        raise ExperimentError(field, f"be >= {smallest:g}", value)
    if number > largest:
        raise ExperimentError(field, f"be <= {largest:g}", value)
    return number + 0.0  # -0.0 becomes 0.0, so that equal experiments print alike


def as_tuple(field: str, value: object, of: str) -> tuple[Any, ...]:
    """`value` as a tuple, if it has an order and an end: no set, no iterator."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise ExperimentError(field, f"be a tuple of {of}", value)
    return tuple(value)
