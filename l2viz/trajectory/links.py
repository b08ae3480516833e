"""The links of a network that are drawn one by one: which weights, between which units."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.trajectory.snapshot import Array

MOST_UNITS = 8  # of an input or hidden layer: the first ones, which are as random as any
MOST_OUTPUTS = 10


@dataclass(frozen=True)
class Column:
    """A layer of the drawing: its name, the number of its units, and how many are drawn."""

    name: str
    size: int
    drawn: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """The drawn layers from left to right, and N links between neighbours, layer after layer.

    The inputs are a column unless they are pixels.

    Attributes
    ----------
    columns : tuple of Column
        The layers.
    kernel : array (N,), int
        Which regularized kernel holds the link's weight.
    index : array (N,), int
        Its position in the flattened kernel.
    column : array (N,), int
        The column on its left.
    start, end : array (N,), int
        Its unit on the left and on the right.
    """

    columns: tuple[Column, ...]
    kernel: Array
    index: Array
    column: Array
    start: Array
    end: Array


@functools.lru_cache(maxsize=64)
def links_of(experiment: Experiment) -> Links | None:
    """Return the drawn links; None unless every layer is dense and regularized."""
    plans = [plan for plan in experiment.layers if plan.kernels]
    if experiment.model != "dense" or not all(plan.regularized for plan in plans):
        return None
    shapes = experiment.kernel_shapes
    sizes = [shapes[0][0], *(shape[-1] for shape in shapes)]
    names = ["inputs", *experiment.kernel_names]
    most = [MOST_UNITS] * len(shapes) + [MOST_OUTPUTS]
    columns = [
        Column(name, size, min(size, limit))
        for name, size, limit in zip(names, sizes, most, strict=True)
    ]
    first = int(DATASETS[experiment.dataset].images)  # the first column that is drawn
    if len(columns) - first < 2:
        return None
    parts = []
    for kernel in range(first, len(shapes)):
        start, end = np.indices((columns[kernel].drawn, columns[kernel + 1].drawn)).reshape(2, -1)
        same = np.full_like(start, kernel)
        parts.append(np.stack([same, start * sizes[kernel + 1] + end, same - first, start, end]))
    kernel_of, index, column, start, end = np.concatenate(parts, axis=1)
    return Links(
        columns=tuple(columns[first:]),
        kernel=kernel_of,
        index=index,
        column=column,
        start=start,
        end=end,
    )
