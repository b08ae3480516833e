"""Trajectory -> the named arrays that charts are bound to.

Whatever a chart shows is an array made here: neither a figure nor the browser does arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from l2viz.analysis import metrics
from l2viz.trajectory import Array, RunContext, Trajectory

EMPTY_BIN = 0.4  # what an empty bin is drawn at: below the logarithmic axis, which has no zero
ZERO_APART = 0.1  # λ = 0 stands this share of the axis left of the smallest positive strength
MOSAIC_COLUMNS = 8
MOSAIC_LEVELS = 127  # a picture's brightest weight, in units of the wire


@dataclass(frozen=True, kw_only=True, eq=False)
class ChartArray:
    """`values` opens with an epoch axis if `by_epoch`, then a strength axis if `by_strength`.

    kept   (P,) where on the run's epoch axis the values stand, when not at every epoch; each holds
           until the next
    """

    values: Array
    by_epoch: bool = True
    by_strength: bool = True
    kept: Array | None = None


Maker = Callable[[Trajectory], ChartArray | None]  # None: the trajectory has no such thing


def chart_arrays(
    trajectory: Trajectory, names: Collection[str] | None = None
) -> dict[str, ChartArray]:
    """What charts share, by name; of several twins or repeats it is the first that is shown.

    names: those that are needed, all that there are unless given
    """
    first = trajectory.twin()
    arrays = {}
    for name, make in _MAKERS.items():
        if names is None or name in names:
            made = make(first)
            if made is not None:
                arrays[name] = made
    return arrays


def strength_positions(strengths: Array) -> Array:
    """log₁₀λ for an axis, (K,), with λ = 0 set apart on the left of the smallest positive λ."""
    if len(strengths) == 1:
        return np.zeros(1)
    logs = np.log10(strengths[1:])
    apart = max(ZERO_APART * (logs[-1] - logs[0]), ZERO_APART)
    return np.concatenate([[logs[0] - apart], logs])


def epoch_first(values: Array) -> Array:
    """(K, E+1, ...) -> (E+1, K, ...)."""
    return np.moveaxis(values, 0, 1)


def _mosaic(trajectory: Trajectory) -> ChartArray | None:
    """(P, K, rows, columns) int8: the pictured units side by side, one zero line between."""
    units = trajectory.unit_pictures
    if units is None and trajectory.context.picture_epochs:  # a part of a run, between pictures
        units = np.zeros((len(trajectory.strengths), 0, 1, 1, 1), dtype=np.int8)
    if units is None:
        return None
    members, epochs, count, height, width = units.shape
    columns = min(MOSAIC_COLUMNS, count)
    rows = -(-count // columns)
    tiles = np.zeros((members, epochs, rows * columns, height + 1, width + 1), dtype=np.int8)
    tiles[:, :, :count, :-1, :-1] = units
    tiles = tiles.reshape(members, epochs, rows, columns, height + 1, width + 1)
    mosaic = tiles.transpose(1, 0, 2, 4, 3, 5)
    mosaic = mosaic.reshape(epochs, members, rows * (height + 1), columns * (width + 1))
    return ChartArray(
        values=mosaic[:, :, :-1, :-1],
        kept=np.flatnonzero(np.isin(trajectory.epochs, trajectory.pictured)),
    )


def _measured(name: str) -> Maker:
    """The field of a Trajectory with that name."""

    def make(trajectory: Trajectory) -> ChartArray | None:
        values: Array | None = getattr(trajectory, name)
        return None if values is None else ChartArray(values=epoch_first(values))

    return make


def _by_both(derive: Callable[[Trajectory], Array]) -> Maker:
    """Of what is derived as (K, E+1, ...)."""
    return lambda trajectory: ChartArray(values=epoch_first(derive(trajectory)))


def _by_epoch(derive: Callable[[Trajectory], Array]) -> Maker:
    return lambda trajectory: ChartArray(values=derive(trajectory), by_strength=False)


def _by_strength(derive: Callable[[Trajectory], Array]) -> Maker:
    return lambda trajectory: ChartArray(values=derive(trajectory), by_epoch=False)


def _still(derive: Callable[[RunContext], Array | None]) -> Maker:
    def make(trajectory: Trajectory) -> ChartArray | None:
        values = derive(trajectory.context)
        if values is None:
            return None
        return ChartArray(values=values, by_epoch=False, by_strength=False)

    return make


def _accuracy_gap(trajectory: Trajectory) -> ChartArray | None:
    if trajectory.train_accuracy is None or trajectory.val_accuracy is None:
        return None
    return ChartArray(values=epoch_first(trajectory.train_accuracy - trajectory.val_accuracy))


def _penalty_stack(trajectory: Trajectory) -> Array:
    return np.cumsum(trajectory.penalty, axis=2)


def _best_line(trajectory: Trajectory) -> Array:
    positions = strength_positions(trajectory.strengths)
    return np.stack([positions[metrics.best_strengths(trajectory)]] * 2, axis=1)


def _positions(trajectory: Trajectory) -> Array:
    return strength_positions(trajectory.strengths)


def _train_column(column: int) -> Callable[[RunContext], Array | None]:
    def derive(context: RunContext) -> Array | None:
        points = context.train_points
        return None if points is None else points[:, column]

    return derive


_MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        **{
            name: _measured(name)
            for name in (
                *("train_data_loss", "val_data_loss", "test_data_loss"),
                *("train_accuracy", "val_accuracy", "test_accuracy"),
                *("kernel_norm", "grid_predictions"),
            )
        },
        "total_loss": _by_both(metrics.total_loss),
        "validation_total_loss": _by_both(metrics.validation_total_loss),
        "loss_ledger": _by_both(lambda t: t.train_data_loss[..., None] + _penalty_stack(t)),
        "penalty_total": _by_both(metrics.penalty_total),
        "penalty_stack": _by_both(_penalty_stack),
        "shrinkage_ratio": _by_both(metrics.shrinkage_ratio),
        "generalization_gap": _by_both(metrics.generalization_gap),
        "accuracy_gap": _accuracy_gap,
        "histogram": _by_both(lambda t: np.maximum(t.histogram, EMPTY_BIN)),
        "unit_mosaic": _mosaic,
        "epochs": _by_epoch(lambda t: t.epochs),
        "best_strength": _by_epoch(metrics.best_strengths),
        "best_line": _by_epoch(_best_line),
        "strength_line": _by_strength(lambda t: np.stack([_positions(t)] * 2, axis=1)),
        "strength_position": _by_strength(_positions),
        "bin_centres": _still(lambda c: (c.bin_edges[:, 1:] + c.bin_edges[:, :-1]) / 2),
        "grid_inputs": _still(lambda c: c.grid_inputs),
        "grid_truth": _still(lambda c: c.grid_truth),
        "train_inputs": _still(_train_column(0)),
        "train_targets": _still(_train_column(1)),
    }
)
