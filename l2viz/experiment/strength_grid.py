"""The log-spaced grid of strengths."""

from __future__ import annotations

import math

import numpy as np


def strength_grid(smallest: float, largest: float, count: int) -> tuple[float, ...]:
    """0 and `count` log-spaced strengths, each rounded to four significant digits.

    Rounding keeps addresses short and makes the grid the same on every platform.
    """
    if count == 1:
        return (0.0, float(f"{smallest:.4g}"))
    steps = np.linspace(math.log10(smallest), math.log10(largest), count)
    return (0.0, *(float(f"{10.0**step:.4g}") for step in steps))
