"""The grid of strengths: log-spaced, its spelling in an address, and its nearest strength."""

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


def as_grid(strengths: tuple[float, ...]) -> tuple[float, float, int] | None:
    """Return (smallest, largest, count) if `strength_grid` of them gives these strengths."""
    if len(strengths) < 3:
        return None
    grid = (strengths[1], strengths[-1], len(strengths) - 1)
    return grid if strength_grid(*grid) == strengths else None


def write_strengths(strengths: tuple[float, ...]) -> str:
    """Return "smallest:largest:count" for a grid of `strength_grid`, else members with commas."""
    grid = as_grid(strengths)
    if grid is not None:
        return f"{grid[0]!r}:{grid[1]!r}:{grid[2]}"
    return ",".join(f"{strength!r}" for strength in strengths)


def read_strengths(text: str) -> tuple[float, ...]:
    """Return what `write_strengths` wrote, or raise ValueError for neither grid nor numbers."""
    if ":" in text:
        smallest, largest, count = text.split(":")
        members = int(count)
        low, high = float(smallest), float(largest)
        if not 0.0 < low < high < math.inf or not 2 <= members <= 1_000:
            raise ValueError(f"not a grid: {text!r}")
        return strength_grid(low, high, members)
    return tuple(float(part) for part in text.split(","))
