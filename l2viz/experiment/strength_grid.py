"""The log-spaced grid of strengths, the texts of strengths, and the nearest one in a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def strength_grid(smallest: float, largest: float, count: int) -> tuple[float, ...]:
    """0 and smallest·(largest/smallest)^(i/(count-1)): a log-spaced grid of strengths.

    Each is rounded to four significant digits, which keeps addresses short and makes the grid the
    same on every platform.

    Parameters
    ----------
    smallest, largest
        λ at both ends, positive.
    count
        Number of positive strengths; with 1, only the smallest.

    Returns
    -------
    tuple of float, (count + 1,)
    """
    if count == 1:
        return (0.0, float(f"{smallest:.4g}"))
    steps = np.linspace(math.log10(smallest), math.log10(largest), count)
    return (0.0, *(float(f"{10.0**step:.4g}") for step in steps))


def strength_text(strength: float) -> str:
    """Format λ with three significant digits, as everywhere on the page."""
    return f"{strength:.3g}"


def nearest_strength(strengths: Sequence[float] | NDArray[Any], strength: float) -> int:
    """Return the position of the strength nearest to `strength`; of two equally near, the first."""
    return int(np.argmin(np.abs(np.asarray(strengths) - strength)))


def as_grid(strengths: tuple[float, ...]) -> tuple[float, float, int] | None:
    """Return the arguments with which `strength_grid` returns these strengths, if there are any."""
    if len(strengths) < 3:
        return None
    grid = (strengths[1], strengths[-1], len(strengths) - 1)
    return grid if strength_grid(*grid) == strengths else None


def write_strengths(strengths: tuple[float, ...]) -> str:
    """Return "smallest:largest:count" for a log-spaced grid, else all strengths with commas."""
    grid = as_grid(strengths)
    if grid is not None:
        return f"{grid[0]!r}:{grid[1]!r}:{grid[2]}"
    return ",".join(f"{strength!r}" for strength in strengths)


def read_strengths(text: str) -> tuple[float, ...]:
    """Parse a text of `write_strengths`; raise ValueError for any other text."""
    if ":" in text:
        smallest, largest, count = text.split(":")
        members = int(count)
        low, high = float(smallest), float(largest)
        if not 0.0 < low < high < math.inf or not 2 <= members <= 1_000:
            raise ValueError(f"not a grid: {text!r}")
        return strength_grid(low, high, members)
    return tuple(float(part) for part in text.split(","))
