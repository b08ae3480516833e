"""The seeds of a network's random parts, from the experiment's seed: known without Keras."""

from __future__ import annotations

import numpy as np

_KERNEL_STREAM = 2  # keeps the draws of initial kernels apart from those of data and batches
_DROPOUT_STREAM = 3


def kernel_seed(seed: int, position: int) -> int:
    """Return the seed of a network's kernel, by its position among all kernels."""
    return _seed(seed, _KERNEL_STREAM, position)


def dropout_seed(seed: int, position: int) -> int:
    """Return the seed of a Dropout, by the position of the layer with weights before it."""
    return _seed(seed, _DROPOUT_STREAM, position)


def _seed(seed: int, stream: int, position: int) -> int:
    # What it generates first does not depend on how much more it generates.
    return int(np.random.SeedSequence([seed, stream]).generate_state(position + 1)[position])
