"""Checks of values: each returns the value in its canonical type, or raises InvalidValue."""

from __future__ import annotations

import contextlib
import math
import numbers
import pickle
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

_NO_NUMBERS = (bool, np.timedelta64)  # which Python counts among its integers


class InvalidValue(ValueError):
    """A value is not valid: the message names the field, the rule and the value.

    Parameters
    ----------
    field : str
        Name of the field or argument.
    rule : str
        The rule, as it follows "must" in the message: "be >= 1".
    value : object
        The value received; the message shows at most 80 characters of it.
    """

    def __init__(self, field: str, rule: str, value: object) -> None:
        super().__init__(f"{field} must {rule}, got {_shown(value)}")
        self.field = field
        self.rule = rule
        self.value = value

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments; a value that cannot be pickled is replaced by its text."""
        value = self.value
        try:
            pickle.dumps(value)
        except Exception:  # noqa: BLE001 - a value of any class, whose methods may do anything
            value = _Shown(_shown(value))
        return type(self), (self.field, self.rule, value)


class ExperimentError(InvalidValue):
    """A setting of an Experiment is not valid."""


@contextlib.contextmanager
def experiment_errors() -> Iterator[None]:
    """Convert any InvalidValue to an ExperimentError: the values are settings."""
    try:
        yield
    except InvalidValue as refusal:
        raise ExperimentError(refusal.field, refusal.rule, refusal.value) from None


class _Shown(str):
    """The text of a value that is not there any more."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - Python refuses to print integers of 4,301 digits and more
        text = f"a value of type {type(value).__name__} that cannot be printed"
    return text if len(text) <= 80 else f"{text[:77]}..."


def choice(field: str, value: object, choices: tuple[str, ...]) -> str:
    """Return `value` if it is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidValue(field, f"be one of {', '.join(choices)}", value)
    return value


def flag(field: str, value: object) -> bool:
    """Return `value` as a bool if it is True or False; 1 and 0 are refused."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidValue(field, "be True or False", value)
    return bool(value)


def integer(field: str, value: object, smallest: int, largest: int) -> int:
    """Return `value` as an int from `smallest` to `largest`; True and False are refused."""
    if isinstance(value, _NO_NUMBERS) or not isinstance(value, numbers.Integral):
        raise InvalidValue(field, "be an integer", value)
    integer = int(value)
    if integer < smallest:
        raise InvalidValue(field, f"be >= {smallest}", value)
    if integer > largest:
        raise InvalidValue(field, f"be <= {largest}", value)
    return integer


def number(field: str, value: object, smallest: float, largest: float) -> float:
    """Return `value` as a finite float from `smallest` to `largest`."""
    if isinstance(value, _NO_NUMBERS) or not isinstance(value, numbers.Real):
        raise InvalidValue(field, "be a number", value)
    try:
        number = float(value)
    except OverflowError:  # an integer beyond every float
        number = math.inf
    if not math.isfinite(number):
        raise InvalidValue(field, "be finite", value)
    if number < smallest:
        raise InvalidValue(field, f"be >= {smallest:g}", value)
    if number > largest:
        raise InvalidValue(field, f"be <= {largest:g}", value)
    return number + 0.0  # -0.0 becomes 0.0, so that equal experiments have the same text


def as_tuple(field: str, value: object, of: str) -> tuple[Any, ...]:
    """Return `value` as a tuple if it is a sequence or an array; sets and iterators are refused."""
    if isinstance(value, np.ndarray) and value.dtype.kind not in "mM":  # no dates, no durations
        value = value.tolist()
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise InvalidValue(field, f"be a tuple of {of}", value)
    return tuple(value)
