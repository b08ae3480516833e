"""scikit-learn's digits, at 8 × 8 pixels and drawn larger."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from l2viz.data.dataset import Dataset, Floats, redraw
from l2viz.experiment import Experiment

DIGITS_HELD_OUT = 400  # validation examples; the test set has the other 397
LARGE_SIDE = 28  # pixels per side of an enlarged digit


def load_small_digits(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Load scikit-learn's 1,797 digits of 8 × 8 pixels, pixel values scaled to 0..1.

    Up to a training size of 1,000, validation and test examples do not depend on it; beyond that
    they divide the remaining examples.
    """
    from sklearn.datasets import load_digits  # slow to import, and only needed here

    bunch = load_digits()
    images = (bunch.images / 16.0).astype(experiment.dtype)
    return _shuffled_digits(experiment, generator, images, bunch.target)


def load_large_digits(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Load the same digits in the same parts, at 28 × 28 pixels: see `enlarged`."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = enlarged(bunch.images / 16.0, LARGE_SIDE).astype(experiment.dtype)
    return _shuffled_digits(experiment, generator, images, bunch.target)


def enlarged(images: Floats, side: int) -> Floats:
    """Resize (examples, n, n) to (examples, side, side), linear between pixel centres.

    Pixel i of the larger picture lies at (i + ½)·n/side - ½ of the smaller one's pixels; beyond
    the outermost centres the nearest value is repeated. Values stay in their range.
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
    train_targets, redrawn = redraw(experiment, generator, targets[:size], 10)
    return Dataset(
        train_inputs=inputs[:size],
        train_targets=train_targets,
        val_inputs=inputs[val],
        val_targets=targets[val],
        test_inputs=inputs[test],
        test_targets=targets[test],
        redrawn=redrawn,
        true_targets=targets[:size],
    )
