"""Two classes of points in a plane, drawn from formulas; `noise` is added to x and y."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from l2viz.data.dataset import Dataset, Floats, Labels, given_points, redraw
from l2viz.data.plane_grid import plane_grid
from l2viz.experiment import Experiment

PLANE_VALIDATION_SIZE = 400
PLANE_TEST_SIZE = 1_000  # with fewer, a gain of a few points would not be significant
INNER_CIRCLE = 0.5  # radius; the outer circle has radius 1
SPIRAL_TURNS = 1.25

Shape = Callable[[Labels, Floats], Floats]  # classes and numbers in 0..1 -> points


def load_moons(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Draw two interleaving half circles, as scikit-learn's `make_moons`."""
    return _plane(experiment, generator, _moon)


def load_circles(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Draw a circle within another."""
    return _plane(experiment, generator, _circle)


def load_spirals(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Draw two intertwined spirals that start at the centre."""
    return _plane(experiment, generator, _spiral)


def load_xor(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Draw points in a square: two opposite quadrants are one class, the others the other."""
    return _plane(experiment, generator, _field)


def _moon(classes: Labels, places: Floats) -> Floats:
    """Return points (cos t, sin t), or (1 - cos t, ½ - sin t) for class 1, t in 0..π, (n, 2)."""
    angle = np.pi * places[:, 0]
    across, up = np.cos(angle), np.sin(angle)
    lower = classes == 1
    return np.stack([np.where(lower, 1.0 - across, across), np.where(lower, 0.5 - up, up)], axis=1)


def _circle(classes: Labels, places: Floats) -> Floats:
    """Return points on a circle of radius 1, or INNER_CIRCLE for class 1, (n, 2)."""
    angle = 2.0 * np.pi * places[:, 0]
    radius = np.where(classes == 1, INNER_CIRCLE, 1.0)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _spiral(classes: Labels, places: Floats) -> Floats:
    """Return points at radius √u and angle 2π·turns·√u, mirrored at 0 for class 1, (n, 2)."""
    radius = np.sqrt(places[:, 0])  # uniform density over the disc
    radius = np.where(classes == 1, -radius, radius)
    angle = 2.0 * np.pi * SPIRAL_TURNS * np.abs(radius)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _field(classes: Labels, places: Floats) -> Floats:
    """Return uniform points in [-1, 1]² with x·y > 0, or x·y < 0 for class 1, (n, 2)."""
    points = 2.0 * places - 1.0
    apart = np.where(classes == 1, -1.0, 1.0)
    flipped = np.copysign(points[:, 1], apart * points[:, 0])
    return np.stack([points[:, 0], flipped], axis=1)


def _plane(experiment: Experiment, generator: np.random.Generator, shape: Shape) -> Dataset:
    def drawn(size: int) -> tuple[Floats, Labels]:
        """Draw equally many points of each class, one more of class 0 if the size is odd."""
        classes = generator.permutation(np.arange(size) % 2).astype(np.int32)
        points = shape(classes, generator.random((size, 2)))
        points = points + experiment.noise * generator.standard_normal((size, 2))
        return points.astype(experiment.dtype), classes

    val_inputs, val_targets = drawn(PLANE_VALIDATION_SIZE)
    test_inputs, test_targets = drawn(PLANE_TEST_SIZE)
    train_inputs, true_targets = drawn(experiment.train_size)
    if experiment.points:
        train_inputs, classes = given_points(experiment)
        true_targets = classes[:, 0].astype(np.int32)
    train_targets, redrawn = redraw(experiment, generator, true_targets, 2)
    extent, grid = plane_grid(val_inputs, train_inputs)
    return Dataset(
        train_inputs=train_inputs,
        train_targets=train_targets,
        val_inputs=val_inputs,
        val_targets=val_targets,
        test_inputs=test_inputs,
        test_targets=test_targets,
        redrawn=redrawn,
        true_targets=true_targets,
        grid_inputs=grid.astype(experiment.dtype),
        grid_extent=extent,
    )
