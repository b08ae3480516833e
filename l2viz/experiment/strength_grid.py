"""The grid of strengths: log-spaced, and which of its strengths is nearest to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def strength_grid(smallest: float, largest: float, count: int) -> tuple[float, ...]:
    """0 and `count` log-spaced strengths, each rounded to four significant digits.

    Rounding keeps addresses short and makes the grid the same on every platform.
    """
    if count == 1:
        return (0.0, float(f"{smallest:.4g}"))
    steps = np.linspace(math.log10(smallest), math.log10(largest), count)
    return (0.0, *(float(f"{10.0**step:.4g}") for step in steps))


def nearest_strength(strengths: Sequence[float] | NDArray[Any], strength: float) -> int:
    """Return the position of the strength nearest to `strength`, the first of two as near."""
    return int(np.argmin(np.abs(np.asarray(strengths) - strength)))
