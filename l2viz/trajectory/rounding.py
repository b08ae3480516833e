"""Trajectory -> a smaller one for a recorded run: the same arrays with fewer digits kept."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from l2viz.trajectory import MEASURED, Array, Trajectory

KEPT_BITS = 12  # of a float's mantissa: the page shows three significant digits, which need 11


def rounded(trajectory: Trajectory) -> Trajectory:
    """Every measured float to 12 mantissa bits, relative error at most 2⁻¹², so that it packs."""
    measured: dict[str, Any] = {
        name: _rounded(array)
        for name in MEASURED
        if (array := getattr(trajectory, name)) is not None
    }
    kernels = tuple(_rounded(kernel) for kernel in trajectory.kernels)
    return dataclasses.replace(trajectory, kernels=kernels, **measured)


def _rounded(array: Array) -> Array:
    if array.dtype.kind != "f" or array.dtype == np.float16:
        return array
    mantissa, exponent = np.frexp(array)
    steps = 2.0**KEPT_BITS
    return np.ldexp(np.rint(mantissa * steps) / steps, exponent).astype(array.dtype)
