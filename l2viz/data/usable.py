"""What a viewer's own files may hold: the limits, and what all kinds of files share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST_ROWS = 12
LARGEST_ROWS = 5_000  # of a larger file, a sample is taken
LARGEST_COLUMNS = 300  # of inputs, categories counted one by one
LARGEST_CATEGORIES = 20  # of a column or target
LARGEST_NUMBER = 1e30  # its square is a finite float
FEW_VALUES = 10  # whole numbers of a target, up to which they are classes
_SEED = 0  # of the sample


class UnusableData(ValueError):
    """A file cannot be used; the message says what is wrong and what to change."""


def sampled_rows(count: int) -> NDArray[np.integer]:
    """Return the positions of a random sample of `count` rows, more than LARGEST_ROWS, in order."""
    return np.sort(np.random.default_rng(_SEED).permutation(count)[:LARGEST_ROWS])


def are_classes(values: NDArray[np.floating], most: int = FEW_VALUES) -> bool:
    """Return whether different numbers are more likely classes: whole, and at most so many."""
    return len(values) <= most and bool((values == np.rint(values)).all())
