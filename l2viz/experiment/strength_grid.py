"""The log-spaced grid of strengths, the texts of strengths, and the nearest one in a grid."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment.number_text import short_number_text
from l2viz.validation import InvalidValue, integer, number

LARGEST_GRID = 64  # strengths of a path, with 0
LARGEST_STRENGTH = 1e6
SMALLEST_STRENGTH = math.ulp(0.0)  # the smallest float above 0


def strength_grid(smallest: float, largest: float, count: int) -> tuple[float, ...]:
    """0 and smallest·(largest/smallest)^(i/(count-1)): a log-spaced grid of strengths.

    Each is rounded to four significant digits, which keeps addresses short and makes the grid the
    same on every platform.

    Parameters
    ----------
    smallest, largest
        λ at both ends, above 0 and at most 1e6.
    count
        Number of positive strengths, at most 63; with 1, only the smallest.

    Returns
    -------
    tuple of float, (count + 1,)
        0, then rising.

    Raises
    ------
    InvalidValue
        A ValueError, for the first argument that is not valid. `largest` must be so far above
        `smallest` that all strengths differ in their four digits.
    """
    count = integer("count", count, 1, LARGEST_GRID - 1)
    low = number("smallest", smallest, SMALLEST_STRENGTH, LARGEST_STRENGTH)
    high = number("largest", largest, SMALLEST_STRENGTH, LARGEST_STRENGTH)
    steps = np.linspace(math.log10(low), math.log10(high), count)
    strengths = (0.0, *(float(f"{10.0**step:.4g}") for step in steps))
    if any(after <= before for before, after in itertools.pairwise(strengths)):
        rule = f"be far enough above smallest ({low:g}) for {count} different strengths"
        raise InvalidValue("largest", rule, largest)
    return strengths


def strength_text(strength: float) -> str:
    """Format λ with at most three significant digits, as everywhere on the page."""
    return short_number_text(float(strength))


def nearest_strength(strengths: Sequence[float] | NDArray[Any], strength: float) -> int:
    """Return the position of the strength nearest to `strength`; of two equally near, the first."""
    return int(np.argmin(np.abs(np.asarray(strengths) - strength)))


def as_grid(strengths: tuple[float, ...]) -> tuple[float, float, int] | None:
    """Return the arguments with which `strength_grid` returns these strengths, if there are any."""
    if len(strengths) < 3:
        return None
    grid = (strengths[1], strengths[-1], len(strengths) - 1)
    with contextlib.suppress(InvalidValue):
        if strength_grid(*grid) == strengths:
            return grid
    return None


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
        if int(count) < 2:
            raise ValueError(f"not a grid: {text!r}")
        return strength_grid(float(smallest), float(largest), int(count))
    return tuple(float(part) for part in text.split(","))
