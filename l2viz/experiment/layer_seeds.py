"""The seeds of initial kernels and Dropouts, derived from the experiment's seed."""

from __future__ import annotations

import numpy as np

_KERNEL_STREAM = 2  # makes initial kernels independent of data and batch order
_DROPOUT_STREAM = 3


def kernel_seed(seed: int, position: int) -> int:
    """Return the seed of a kernel by its position among all kernels of the network."""
    return _seed(seed, _KERNEL_STREAM, position)


def dropout_seed(seed: int, position: int) -> int:
    """Return the seed of a Dropout by the position of the layer with kernels before it."""
    return _seed(seed, _DROPOUT_STREAM, position)


def _seed(seed: int, stream: int, position: int) -> int:
    # The first numbers that generate_state returns do not depend on how many it generates.
    return int(np.random.SeedSequence([seed, stream]).generate_state(position + 1)[position])
