"""Axis ranges: the same for all strengths, rounded so that they seldom change in training."""

from __future__ import annotations

import math

import numpy as np

from l2viz.trajectory import Array

_NOTHING = 1e-12  # smaller magnitudes are drawn as zero


def from_zero(values: Array, *, at_least: float = 0.0, share: float = 1.0) -> list[float]:
    """Return [0, top], top rounded up from the quantile `share` of the values, or `at_least`.

    An `at_least` that is NaN is not known.
    """
    at_least = 0.0 if math.isnan(at_least) else at_least
    finite = values[np.isfinite(values)]
    highest = float(np.quantile(finite, share)) if finite.size else 0.0
    return [0.0, round_up(max(highest, at_least, _NOTHING) * 1.02)]


def around(values: Array) -> list[float]:
    """Return [-top, top], top rounded up from the largest magnitude; 1 if there is none."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if finite.size else 0.0
    top = round_up(largest * 1.02) if largest > _NOTHING else 1.0
    return [-top, top]


def around_zero(values: Array, *, share: float = 1.0) -> list[float]:
    """Return [bottom, top] around 0, each rounded from the quantile `share` of its side."""
    finite = values[np.isfinite(values)]
    above = finite[finite > 0.0] if (finite > 0.0).any() else np.zeros(1)
    below = -finite[finite < 0.0] if (finite < 0.0).any() else np.zeros(1)
    top, bottom = (float(np.quantile(side, share)) for side in (above, below))
    least = 0.1 * max(top, bottom, _NOTHING)  # so that zero is never at the edge
    return [-round_up(max(bottom, least) * 1.02), round_up(max(top, least) * 1.02)]


def logarithmic(values: Array, *, decades: float = 3.5) -> list[float]:
    """Return log₁₀ of [bottom, top] of the positive finite values, in steps of half a decade.

    Spans at most `decades` below the top, as smaller values are negligible, and at least one whole
    decade between powers of ten, so that two ticks are visible.
    """
    positive = values[np.isfinite(values) & (values > 0.0)]
    if not positive.size:
        return [-1.0, 0.0]
    low, high = np.log10(positive.min()), np.log10(positive.max())
    top = math.ceil(2 * high + 1e-9) / 2
    bottom = max(math.floor(2 * low) / 2, top - decades)
    if top - bottom < 1.0:
        return [float(math.floor(bottom)), float(math.ceil(top))]
    return [bottom, top]


def round_up(value: float) -> float:
    """Round up to 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 × a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return float(f"{next(s for s in steps if s * power >= value * 0.999999) * power:.6g}")
