"""Trajectory -> the named arrays that charts are bound to.

Whatever a chart shows is an array made here: neither a figure nor the browser does arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from l2viz import measurements
from l2viz.trajectory import Array, Trajectory

EMPTY_BIN = 0.4  # what an empty bin is drawn at: below the logarithmic axis, which has no zero
ZERO_APART = 0.1  # λ = 0 stands this share of the axis left of the smallest positive strength
MOSAIC_COLUMNS = 8
MOSAIC_LEVELS = 127  # a picture's brightest weight, in units of the wire


@dataclass(frozen=True, kw_only=True, eq=False)
class ChartArray:
    """`values` opens with an epoch axis if `by_epoch`, then a strength axis if `by_strength`."""

    values: Array
    by_epoch: bool = True
    by_strength: bool = True


def chart_arrays(trajectory: Trajectory) -> dict[str, ChartArray]:
    """Every array that a chart of this trajectory may be bound to, by name."""
    context = trajectory.context
    penalty = _epoch_first(trajectory.penalty)
    train = _epoch_first(trajectory.train_data_loss)
    best = measurements.best_strengths(trajectory)
    positions = strength_positions(trajectory.strengths)
    by_both = {
        "train_data_loss": train,
        "val_data_loss": _epoch_first(trajectory.val_data_loss),
        "test_data_loss": _epoch_first(trajectory.test_data_loss),
        "total_loss": _epoch_first(measurements.total_loss(trajectory)),
        "validation_total_loss": _epoch_first(measurements.validation_total_loss(trajectory)),
        "loss_ledger": train[..., None] + np.cumsum(penalty, axis=2),
        "penalty_total": penalty.sum(axis=2),
        "penalty_stack": np.cumsum(penalty, axis=2),
        "kernel_norm": _epoch_first(trajectory.kernel_norm),
        "shrinkage_ratio": _epoch_first(measurements.shrinkage_ratio(trajectory)),
        "generalization_gap": _epoch_first(measurements.generalization_gap(trajectory)),
        "histogram": np.maximum(_epoch_first(trajectory.histogram), EMPTY_BIN),
    }
    if trajectory.train_accuracy is not None:
        for part in ("train_accuracy", "val_accuracy", "test_accuracy"):
            by_both[part] = _epoch_first(getattr(trajectory, part))
        by_both["accuracy_gap"] = by_both["train_accuracy"] - by_both["val_accuracy"]
    if trajectory.grid_predictions is not None:
        by_both["grid_predictions"] = _epoch_first(trajectory.grid_predictions)
    if trajectory.unit_pictures is not None:
        by_both["unit_mosaic"] = _mosaic(trajectory)
    arrays = {name: ChartArray(values=values) for name, values in by_both.items()}
    arrays["epochs"] = ChartArray(values=trajectory.epochs, by_strength=False)
    arrays["best_strength"] = ChartArray(values=best, by_strength=False)
    arrays["best_line"] = ChartArray(values=np.stack([positions[best]] * 2, 1), by_strength=False)
    lines = np.stack([positions, positions], axis=1)
    arrays["strength_line"] = ChartArray(values=lines, by_epoch=False)
    arrays["strength_position"] = ChartArray(values=positions, by_epoch=False)
    still = {
        "bin_centres": (context.bin_edges[:, 1:] + context.bin_edges[:, :-1]) / 2,
        "grid_inputs": context.grid_inputs,
        "grid_truth": context.grid_truth,
        "train_inputs": None if context.train_points is None else context.train_points[:, 0],
        "train_targets": None if context.train_points is None else context.train_points[:, 1],
    }
    for name, array in still.items():
        if array is not None:
            arrays[name] = ChartArray(values=array, by_epoch=False, by_strength=False)
    return arrays


def strength_positions(strengths: Array) -> Array:
    """log₁₀λ for an axis, (K,), with λ = 0 set apart on the left of the smallest positive λ."""
    if len(strengths) == 1:
        return np.zeros(1)
    logs = np.log10(strengths[1:])
    apart = max(ZERO_APART * (logs[-1] - logs[0]), ZERO_APART)
    return np.concatenate([[logs[0] - apart], logs])


def _epoch_first(values: Array) -> Array:
    return np.moveaxis(values, 0, 1)


def _mosaic(trajectory: Trajectory) -> Array:
    """(E+1, K, rows, columns) int8: the pictured units side by side, one zero line between.

    At an epoch of which no pictures are kept, those of the last epoch before.
    """
    assert trajectory.unit_pictures is not None
    kept = np.searchsorted(trajectory.pictured, trajectory.epochs, side="right") - 1
    units = trajectory.unit_pictures[:, kept]
    members, epochs, count, height, width = units.shape
    columns = min(MOSAIC_COLUMNS, count)
    rows = -(-count // columns)
    tiles = np.zeros((members, epochs, rows * columns, height + 1, width + 1), dtype=np.int8)
    tiles[:, :, :count, :-1, :-1] = units
    tiles = tiles.reshape(members, epochs, rows, columns, height + 1, width + 1)
    mosaic = tiles.transpose(1, 0, 2, 4, 3, 5)
    return mosaic.reshape(epochs, members, rows * (height + 1), columns * (width + 1))[
        :, :, :-1, :-1
    ]
