"""Name and seed -> Dataset: the arrays of one experiment, drawn or loaded without a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment import Experiment

CURVE_VALIDATION_SIZE = 200
CURVE_TEST_SIZE = 200
CURVE_GRID_SIZE = 101
DIGITS_HELD_OUT = 400  # validation examples; the test set takes the 397 that are left
LARGE_SIDE = 28  # pixels of a digit that is drawn larger
DATA_STREAM = 1  # keeps the draws of data apart from those of the batch order

Floats = NDArray[np.floating]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """The arrays of one experiment.

    train_inputs, val_inputs, test_inputs      (examples, inputs), in the experiment's dtype
    train_targets, val_targets, test_targets   (examples,) int32 classes, or (examples, 1) values
    redrawn        (train examples,) bool: the training labels that were re-drawn
    image_shape    (height, width) where an input is an image
    grid_inputs    (points, 1) where the fitted function can be drawn as a curve, with
    grid_truth     (points,) the function without noise
    """

    train_inputs: Floats
    train_targets: NDArray[np.generic]
    val_inputs: Floats
    val_targets: NDArray[np.generic]
    test_inputs: Floats
    test_targets: NDArray[np.generic]
    redrawn: NDArray[np.bool_]
    image_shape: tuple[int, int] | None = None
    grid_inputs: Floats | None = None
    grid_truth: Floats | None = None


def load(experiment: Experiment) -> Dataset:
    """The dataset of an experiment; the same experiment always gives the same arrays."""
    generator = np.random.default_rng([experiment.seed, DATA_STREAM])
    return LOADERS[experiment.dataset](experiment, generator)


def _digits(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """scikit-learn's 1,797 digits of 8 × 8 pixels, pixel values scaled to 0..1.

    Validation and test examples are the same whatever the training size, up to 1,000; beyond
    that the two share what the training set leaves.
    """
    from sklearn.datasets import load_digits  # slow to import, and only needed here

    bunch = load_digits()
    images = (bunch.images / 16.0).astype(experiment.dtype)
    return _shuffled_digits(experiment, generator, images, bunch.target)


def _digits28(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """The same digits in the same parts, drawn at 28 × 28 pixels: see `enlarged`."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = enlarged(bunch.images / 16.0, LARGE_SIDE).astype(experiment.dtype)
    return _shuffled_digits(experiment, generator, images, bunch.target)


def enlarged(images: Floats, side: int) -> Floats:
    """(examples, n, n) -> (examples, side, side), with linear interpolation between pixel centres.

    Pixel i of the larger picture lies at (i + ½)·n/side - ½ of the smaller one's pixels; beyond
    the outermost centres the picture goes on as it is there. Values stay in their range.
    """
    small = images.shape[-1]
    place = np.clip((np.arange(side) + 0.5) * (small / side) - 0.5, 0.0, small - 1.0)
    before = np.minimum(place.astype(int), small - 2)
    share = place - before
    rows = images[:, before] * (1.0 - share)[:, None] + images[:, before + 1] * share[:, None]
    large: Floats = rows[:, :, before] * (1.0 - share) + rows[:, :, before + 1] * share
    return large


def _shuffled_digits(
    experiment: Experiment,
    generator: np.random.Generator,
    images: Floats,
    labels: NDArray[np.integer],
) -> Dataset:
    order = generator.permutation(len(images))
    inputs = images[order].reshape(len(images), -1)
    targets = labels[order].astype(np.int32)
    size = experiment.train_size
    held_out = targets.size - size
    test_size = min(targets.size - 1_000 - DIGITS_HELD_OUT, held_out // 2)
    val_size = min(DIGITS_HELD_OUT, held_out - test_size)
    val = slice(targets.size - test_size - val_size, targets.size - test_size)
    test = slice(targets.size - test_size, targets.size)
    train_targets = targets[:size].copy()
    redrawn = generator.random(size) < experiment.label_noise
    train_targets[redrawn] = generator.integers(0, 10, int(redrawn.sum()))
    return Dataset(
        train_inputs=inputs[:size],
        train_targets=train_targets,
        val_inputs=inputs[val],
        val_targets=targets[val],
        test_inputs=inputs[test],
        test_targets=targets[test],
        redrawn=redrawn,
        image_shape=images.shape[1:],
    )


def _curve(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """sin(πx) on [-1, 1]: noisy points for training and validation, the true curve for testing."""

    def truth(inputs: Floats) -> Floats:
        sine: Floats = np.sin(np.pi * inputs)
        return sine

    def noisy(size: int) -> tuple[Floats, Floats]:
        inputs = generator.uniform(-1.0, 1.0, (size, 1))
        targets = truth(inputs) + experiment.noise * generator.standard_normal((size, 1))
        return inputs.astype(experiment.dtype), targets.astype(experiment.dtype)

    train_inputs, train_targets = noisy(experiment.train_size)
    val_inputs, val_targets = noisy(CURVE_VALIDATION_SIZE)
    test_inputs = np.linspace(-1.0, 1.0, CURVE_TEST_SIZE)[:, None].astype(experiment.dtype)
    grid = np.linspace(-1.0, 1.0, CURVE_GRID_SIZE)[:, None].astype(experiment.dtype)
    return Dataset(
        train_inputs=train_inputs,
        train_targets=train_targets,
        val_inputs=val_inputs,
        val_targets=val_targets,
        test_inputs=test_inputs,
        test_targets=truth(test_inputs),
        redrawn=np.zeros(experiment.train_size, dtype=bool),
        grid_inputs=grid,
        grid_truth=truth(grid)[:, 0],
    )


LOADERS = {"digits": _digits, "digits28": _digits28, "curve": _curve}
