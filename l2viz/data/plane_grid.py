"""The grid over a plane at which a decision boundary is measured."""

from __future__ import annotations

import numpy as np

from l2viz.data.dataset import Floats

BOUNDARY_SIDE = 40  # grid points per side
PLANE_MARGIN = 0.1  # around the points in the boundary's picture, as a share of its sides


def plane_grid(*parts: Floats) -> tuple[tuple[float, float, float, float], Floats]:
    """Return the extent (left, right, bottom, top) around all points, and the grid, (side², 2)."""
    points = np.concatenate(parts)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = PLANE_MARGIN * (high - low)
    (left, bottom), (right, top) = low - margin, high + margin
    across = np.linspace(left, right, BOUNDARY_SIDE)
    up = np.linspace(bottom, top, BOUNDARY_SIDE)
    grid = np.stack([np.tile(across, up.size), np.repeat(up, across.size)], axis=1)
    return (float(left), float(right), float(bottom), float(top)), grid
