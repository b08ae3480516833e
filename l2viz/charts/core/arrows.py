"""Arrows as lines: a shaft and two barbs, for pulls of very different size."""

from __future__ import annotations

import numpy as np

from l2viz.trajectory import Array

_BARB = 0.3  # of the arrow's length, at most _LONGEST_BARB of the length of a unit pull
_LONGEST_BARB = 0.12
_SPREAD = np.radians(28.0)  # between a barb and the shaft


def arrows(tails: Array, pulls: Array, *, unit: float, length: float) -> Array:
    """Return the points of arrows, (..., 5, 2): tail, tip, barb, tip, barb.

    A pull of size `unit` is `length` long, and others by the cube root of their size, so that one
    of a thousandth still has a tenth of it. A pull of 0 is a point; NaN is not drawn.

    tails, pulls   (..., 2)
    """
    size = np.linalg.norm(pulls, axis=-1, keepdims=True)
    direction = np.divide(pulls, size, out=np.zeros_like(pulls), where=size > 0.0)
    reach = length * np.cbrt(size / unit)
    tips = tails + reach * direction
    barb = np.minimum(_BARB * reach, _LONGEST_BARB * length)
    points = [tails, tips]
    for angle in (np.pi - _SPREAD, np.pi + _SPREAD):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points += [tips + barb * direction @ turn.T, tips]
    drawn: Array = np.stack(points[:5], axis=-2)
    return drawn
