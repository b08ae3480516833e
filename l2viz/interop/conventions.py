"""λ of Keras <-> the setting for the same penalty in other libraries.

Keras minimizes data loss + λ·Σw²; the data loss is a mean over the examples of a batch. Each
Convention states what its library minimizes, and the setting that gives the same weights.
"""

from __future__ import annotations

import math
import sys
from types import MappingProxyType

from l2viz.interop.convention import Convention
from l2viz.interop.objective_conventions import NOT_ON_WEIGHTS, OF_OBJECTIVES
from l2viz.interop.optimizer_conventions import OF_OPTIMIZERS
from l2viz.validation import InvalidValue, choice, integer, number

LARGEST = 1e100  # strength or setting; the product of a larger one and a count may overflow
SMALLEST = sys.float_info.min
COUNTS = (1, 10**12)  # of samples and of a batch
RATES = (1e-12, 1e6)

CONVENTIONS = MappingProxyType({each.key: each for each in (*OF_OPTIMIZERS, *OF_OBJECTIVES)})


def translate(
    strength: float,
    *,
    to: str,
    samples: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
) -> float:
    """λ ÷ f, or f ÷ λ for an inverse setting: Keras's λ in the convention of another library.

    f and its source are in ``CONVENTIONS[to]``.

    Parameters
    ----------
    strength
        λ of ``keras.regularizers.L2``, from 0 to 1e100.
    to
        A key of ``CONVENTIONS``: "sklearn_ridge", "torch_adam".
    samples, batch_size, learning_rate
        Required if the formula needs them, else ignored.

    Returns
    -------
    float
        The setting with the same penalty; ∞ for λ = 0 and an inverse setting.

    Raises
    ------
    InvalidValue
        A ValueError, for a missing or invalid argument.
    """
    convention = _convention("to", to)
    scale = _scale(convention, samples, batch_size, learning_rate)
    strength = number("strength", strength, 0.0, LARGEST)
    if convention.inverse:
        return math.inf if strength < SMALLEST else scale / strength
    return strength / scale


def translate_back(
    setting: float,
    *,
    of: str,
    samples: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
) -> float:
    """f · setting, or f ÷ setting for an inverse one: Keras's λ for another library's setting.

    The inverse of `translate`.

    Parameters
    ----------
    setting
        From 0 to 1e100; an inverse setting is positive, and may be ∞.
    of
        A key of ``CONVENTIONS``: "sklearn_ridge", "torch_adam".
    samples, batch_size, learning_rate
        Required if the formula needs them, else ignored.

    Returns
    -------
    float
        λ of ``keras.regularizers.L2``.

    Raises
    ------
    InvalidValue
        A ValueError, for a missing or invalid argument.
    """
    convention = _convention("of", of)
    scale = _scale(convention, samples, batch_size, learning_rate)
    if convention.inverse:
        if setting == math.inf:
            return 0.0
        if not number("setting", setting, 0.0, LARGEST) >= SMALLEST:
            raise InvalidValue("setting", f"be > 0 as {convention.setting}", setting)
        return scale / float(setting)
    return number("setting", setting, 0.0, LARGEST) * scale


def _convention(field: str, key: object) -> Convention:
    for other in NOT_ON_WEIGHTS:
        if key == other.key:
            rule = f"be a penalty on weights, and {other.setting} of {other.library} is none: "
            raise InvalidValue(field, f"{rule}{other.why}", key)
    return CONVENTIONS[choice(field, key, tuple(CONVENTIONS))]


def _scale(
    convention: Convention,
    samples: int | None,
    batch_size: int | None,
    learning_rate: float | None,
) -> float:
    given = {"samples": samples, "batch_size": batch_size, "learning_rate": learning_rate}
    scale = convention.factor
    for name in convention.needs:
        value = given[name]
        if value is None:
            rule = f"be given for {convention.library} ({convention.formula})"
            raise InvalidValue(name, rule, value)
        if name == "learning_rate":
            scale /= number(name, value, *RATES)
        else:
            scale /= integer(name, value, *COUNTS)
    return scale
