"""Data that a viewer has brought: kept by an unguessable name, as long as somebody holds them."""

from __future__ import annotations

import secrets
import weakref
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l2viz.data.dataset import Dataset, Floats, given_points, redraw
from l2viz.data.plane_grid import plane_grid
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import BROUGHT, DATASETS, DatasetFacts
from l2viz.experiment.strength_grid import strength_grid

LARGEST_HELD_OUT = 400  # validation examples at most, and as many for testing
LESSON_SIZE = 300  # training examples at first


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """The examples that a viewer has brought.

    title      for people
    inputs     (N, F) float64; NaN where a value is missing
    targets    (N,) float64 values, or int32 classes from 0
    classes    the names of the classes; () for a regression
    shape      (F,), or (height, width) of an image, whose values are 0 to 1
    """

    title: str
    inputs: Floats
    targets: NDArray[Any]
    classes: tuple[str, ...]
    shape: tuple[int, ...]

    @property
    def held_out(self) -> int:
        """Return the number of validation examples, and of those for testing."""
        return min(LARGEST_HELD_OUT, len(self.targets) // 4)

    @property
    def facts(self) -> DatasetFacts:
        """Return what an experiment needs to know of it."""
        largest = len(self.targets) - 2 * self.held_out
        return DatasetFacts(
            title=self.title,
            task="classification" if self.classes else "regression",
            input_shape=self.shape,
            outputs=len(self.classes) or 1,
            largest_train_size=largest,
            drawn=False,
            pictured=bool(self.classes),
            defaults=MappingProxyType(
                {
                    "train_size": min(LESSON_SIZE, largest),
                    "label_noise": 0.0,
                    "noise": 0.0,
                    "hidden": (64, 32),
                    "activation": "relu",
                    "learning_rate": 3e-3,
                    "batch_size": 32,
                    "epochs": 80,
                    "record_every": 1,
                    "strengths": strength_grid(1e-4, 0.1, 24),
                }
            ),
        )


_TABLES: weakref.WeakValueDictionary[str, Table] = weakref.WeakValueDictionary()


def bring(table: Table, name: str = "") -> str:
    """Make a table a dataset of this process, as long as somebody holds it; return its name.

    name   that it has in another process; a new one that nobody can guess if it is not given
    """
    name = name or f"{BROUGHT}{secrets.token_hex(8)}"
    DATASETS.bring(name, table.facts)
    _TABLES[name] = table
    return name


def brought(name: str) -> Table | None:
    """Return the table of this name, if somebody holds it."""
    return _TABLES.get(name)


def load_brought(experiment: Experiment, generator: np.random.Generator) -> Dataset:
    """Shuffle a table, hold out the last rows, and standardise on the training examples.

    A missing value is the median of its column in the training examples. Values of a regression
    are in standard deviations from their mean there. Images stay as they are.
    """
    table = _TABLES[experiment.dataset]
    order = generator.permutation(len(table.targets))
    size, held_out = experiment.train_size, table.held_out
    train, val, test = np.split(
        order[np.r_[:size, len(order) - 2 * held_out : len(order)]], [size, size + held_out]
    )
    inputs = _prepared(table, train).astype(experiment.dtype)
    targets = _targets(table, train, experiment.dtype)
    train_inputs, train_targets = inputs[train], targets[train]
    grid: dict[str, Any] = {}
    if experiment.points:
        train_inputs, labels = given_points(experiment)
        train_targets = labels[:, 0].astype(targets.dtype)
    redrawn, true_targets = np.zeros(size, dtype=bool), None
    if table.classes:
        true_targets = train_targets
        train_targets, redrawn = redraw(experiment, generator, true_targets, len(table.classes))
        if DATASETS[experiment.dataset].plane:
            extent, points = plane_grid(inputs[val], train_inputs)
            grid = {"grid_extent": extent, "grid_inputs": points.astype(experiment.dtype)}
    return Dataset(
        train_inputs=train_inputs,
        train_targets=train_targets,
        val_inputs=inputs[val],
        val_targets=targets[val],
        test_inputs=inputs[test],
        test_targets=targets[test],
        redrawn=redrawn,
        true_targets=true_targets,
        **grid,
    )


def _prepared(table: Table, train: NDArray[Any]) -> Floats:
    """Return all inputs, without gaps, standardised on the training rows unless they are images."""
    if len(table.shape) == 2:
        return table.inputs
    from sklearn.impute import SimpleImputer  # slow to import, and only needed here
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    prepared: Floats = steps.fit(table.inputs[train]).transform(table.inputs)
    return prepared


def _targets(table: Table, train: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Return classes, (N,), or standardised values, (N, 1)."""
    if table.classes:
        return table.targets
    values = table.targets[:, None]
    spread = values[train].std() or 1.0
    standardised: NDArray[Any] = ((values - values[train].mean()) / spread).astype(dtype)
    return standardised
