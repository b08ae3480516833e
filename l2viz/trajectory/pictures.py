"""Weights as small pictures: one byte a weight, on a scale of its own."""

from __future__ import annotations

import numpy as np

from l2viz.trajectory.snapshot import Array

PICTURE_LEVELS = 127  # what stands for the largest weight


def picture_levels(weights: Array, limit: float) -> Array:
    """Return weights ÷ `limit` · PICTURE_LEVELS, rounded and clipped, int8; 0 for NaN."""
    levels = np.rint(weights * (PICTURE_LEVELS / limit))
    return np.clip(np.nan_to_num(levels), -PICTURE_LEVELS, PICTURE_LEVELS).astype(np.int8)
