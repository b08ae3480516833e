"""Axis ranges: fixed while a viewer scrubs, rounded so that they seldom change in training."""

from __future__ import annotations

import math

import numpy as np

from l2viz.trajectory import Array


def from_zero(values: Array, *, at_least: float = 0.0, share: float = 1.0) -> list[float]:
    """[0, top]: the next round number above that share of the finite values, and `at_least`."""
    finite = values[np.isfinite(values)]
    highest = float(np.quantile(finite, share)) if finite.size else 0.0
    return [0.0, round_up(max(highest, at_least, 1e-12) * 1.02)]


def around(values: Array) -> list[float]:
    """[-top, top], the next round number beyond the largest magnitude."""
    finite = np.abs(values[np.isfinite(values)])
    top = round_up(float(finite.max()) * 1.02 if finite.size else 1.0)
    return [-top, top]


def around_zero(values: Array, *, share: float = 1.0) -> list[float]:
    """[bottom, top] with zero inside: the next round number beyond that share on either side."""
    finite = values[np.isfinite(values)]
    above = finite[finite > 0.0] if (finite > 0.0).any() else np.zeros(1)
    below = -finite[finite < 0.0] if (finite < 0.0).any() else np.zeros(1)
    top, bottom = (float(np.quantile(side, share)) for side in (above, below))
    least = 0.1 * max(top, bottom, 1e-12)  # so that zero is never the very edge
    return [-round_up(max(bottom, least) * 1.02), round_up(max(top, least) * 1.02)]


def logarithmic(values: Array, *, decades: float = 3.5) -> list[float]:
    """log₁₀ of [bottom, top], to half decades, over the positive finite values.

    Reaches at most `decades` down from the top: what lies below has come to nothing; and over a
    whole decade at least, whose ends are powers of ten, so that two ticks are in sight.
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
    """The next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return float(f"{next(s for s in steps if s * power >= value * 0.999999) * power:.6g}")
