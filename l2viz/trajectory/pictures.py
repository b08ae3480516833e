"""Weights as pictures: one int8 for each weight."""

from __future__ import annotations

import numpy as np

from l2viz.trajectory.snapshot import Array

PICTURE_LEVELS = 127  # the level of the largest weight


def picture_levels(weights: Array, limit: float) -> Array:
    """Return weights / limit · 127, rounded and clipped to ±127, int8; NaN becomes 0."""
    levels = np.rint(weights * (PICTURE_LEVELS / limit))
    return np.clip(np.nan_to_num(levels), -PICTURE_LEVELS, PICTURE_LEVELS).astype(np.int8)
