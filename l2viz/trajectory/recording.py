"""Trajectory -> a recording: the same arrays rounded to fewer bits, in a small file."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any

import numpy as np

from l2viz.trajectory import MEASURED, Array, Trajectory, file_format

logger = logging.getLogger(__name__)

KEPT_BITS = 12  # of a float's mantissa: the page shows three significant digits, which need 11
DRAWN_BITS = 8  # where a chart draws many values at once: a rounding step is less than a pixel
DRAWN = (
    *("unit_norm", "sampled_weights", "sampled_gradients", "sampled_velocity"),
    *("link_weights", "link_gradients"),
)


def save_recording(trajectory: Trajectory, path: Path) -> None:
    """Write a rounded trajectory to a packed file, which `Trajectory.load` reads."""
    kept = rounded(trajectory)
    file_format.write(path, kept.context, kept.arrays(), packed=True)


def load_recording(path: Path) -> Trajectory | None:
    """Read a recording; None if the file cannot be read, and the log says so."""
    try:
        return Trajectory.load(path)
    except (OSError, ValueError) as problem:
        logger.warning("%s was not read: %s", path.name, problem)
        return None


def rounded(trajectory: Trajectory) -> Trajectory:
    """Round every measured float: relative error at most 2⁻¹², or 2⁻⁸ for DRAWN and kernels."""
    measured: dict[str, Any] = {
        name: _rounded(array, DRAWN_BITS if name in DRAWN else KEPT_BITS)
        for name in MEASURED
        if (array := getattr(trajectory, name)) is not None
    }
    kernels = tuple(_rounded(kernel, DRAWN_BITS) for kernel in trajectory.kernels)
    return dataclasses.replace(trajectory, kernels=kernels, **measured)


def _rounded(array: Array, bits: int) -> Array:
    """Return floats rounded to so many bits of mantissa; other types unchanged."""
    if array.dtype.kind != "f":
        return array
    mantissa, exponent = np.frexp(array)
    steps = 2.0**bits
    return np.ldexp(np.rint(mantissa * steps) / steps, exponent).astype(array.dtype)
