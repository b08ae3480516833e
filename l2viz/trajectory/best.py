"""Which member is best on validation data."""

from __future__ import annotations

import numpy as np

from l2viz.trajectory.snapshot import Array


def best_members(accuracy: Array | None, data_loss: Array) -> Array:
    """Return the member of the highest accuracy, or of the lowest loss among equals, (E+1,).

    Both (K, E+1) of validation data; no accuracy for regression. A member that has diverged, with
    NaN, is never the best.
    """
    data_loss = np.nan_to_num(data_loss, nan=np.inf)
    if accuracy is not None:
        accuracy = np.nan_to_num(accuracy, nan=-1.0)
        data_loss = np.where(accuracy >= accuracy.max(axis=0), data_loss, np.inf)
    best: Array = np.argmin(data_loss, axis=0)
    return best
