"""Trajectory -> the named arrays that charts share and are bound to.

Everything that a chart shows is such an array, shared or its own: neither a figure nor the browser
computes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from l2viz.analysis import metrics
from l2viz.trajectory import Array, RunContext, Trajectory

EMPTY_BIN = 0.4  # value drawn for an empty bin: below the range of the logarithmic axis
ZERO_APART = 0.1  # distance of λ = 0 from the smallest positive strength, as a share of the axis
MOSAIC_COLUMNS = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class ChartArray:
    """`values` starts with an epoch axis if `by_epoch`, then a strength axis if `by_strength`.

    kept   (P,) positions on the run's epoch axis where there are values, if not at every epoch;
           each value is shown until the next
    """

    values: Array
    by_epoch: bool = True
    by_strength: bool = True
    kept: Array | None = None


Maker = Callable[[Trajectory], ChartArray | None]  # None: not in the trajectory


def chart_arrays(
    trajectory: Trajectory, names: Collection[str] | None = None
) -> dict[str, ChartArray]:
    """Return the shared arrays by name, of the first twin and repeat.

    names   return only these; None for all
    """
    first = trajectory.twin()
    arrays = {}
    for name, make in _MAKERS.items():
        if names is None or name in names:
            made = make(first)
            if made is not None:
                arrays[name] = made
    return arrays


def of_path(values: Array) -> ChartArray:
    """Wrap values (K, E+1, ...), which depend on strength and epoch."""
    return ChartArray(values=epoch_first(values))


def of_epochs(values: Array) -> ChartArray:
    """Wrap values (E+1, ...), which are the same for every strength."""
    return ChartArray(values=values, by_strength=False)


def of_strengths(values: Array) -> ChartArray:
    """Wrap values (K, ...), which are the same at every epoch."""
    return ChartArray(values=values, by_epoch=False)


def constant(values: Array) -> ChartArray:
    """Wrap values that are the same at every strength and epoch."""
    return ChartArray(values=values, by_epoch=False, by_strength=False)


def strength_positions(strengths: Array) -> Array:
    """Return log₁₀λ, (K,), with λ = 0 at a finite position left of the smallest positive λ."""
    if len(strengths) == 1:
        return np.zeros(1)
    logs = np.log10(strengths[1:])
    apart = max(ZERO_APART * (logs[-1] - logs[0]), ZERO_APART)
    return np.concatenate([[logs[0] - apart], logs])


def epoch_first(values: Array) -> Array:
    """Move the epoch axis to the front: (K, E+1, ...) to (E+1, K, ...)."""
    return np.moveaxis(values, 0, 1)


def bin_centres(context: RunContext) -> Array:
    """Return the middle of each bin of the weight histograms but the outermost, (L, bins - 2)."""
    return _centres(context)[:, 1:-1]


def beyond(counts: Array) -> Array:
    """Return the counts of the outermost bins (..., 2), NaN for 0: they hold all weights beyond."""
    outermost = counts[..., [0, -1]].astype(np.float32)
    return np.where(outermost > 0.0, outermost, np.nan).astype(np.float32)


def _centres(context: RunContext) -> Array:
    centres: Array = (context.bin_edges[:, 1:] + context.bin_edges[:, :-1]) / 2
    return centres


def floored(values: Array, floor: float) -> Array:
    """Raise positive values below `floor` to it: a line then runs along the edge of its axis."""
    raised: Array = np.where(values > 0.0, np.maximum(values, floor), values)
    return raised


def with_gaps(lines: Array) -> Array:
    """Concatenate lines (..., lines, points) into (..., lines · (points + 1) - 1).

    A NaN between two lines makes Plotly draw a gap.
    """
    *before, count, points = lines.shape
    widths = [(0, 0)] * (lines.ndim - 1) + [(0, 1)]
    padded = np.pad(lines, widths, constant_values=np.nan)
    return padded.reshape(*before, count * (points + 1))[..., :-1]


def _mosaic(trajectory: Trajectory) -> ChartArray | None:
    """Tile the unit pictures, with a line of zeros between: (P, K, rows, columns) int8."""
    units = trajectory.unit_pictures
    if units is None and trajectory.context.picture_epochs:  # part of a run, without a picture
        units = np.zeros((len(trajectory.strengths), 0, 1, 1, 1), dtype=np.int8)
    if units is None:
        return None
    return ChartArray(values=unit_mosaic(units, MOSAIC_COLUMNS), kept=trajectory.kept_pictures)


def unit_mosaic(units: Array, most_columns: int) -> Array:
    """Tile pictures (K, P, units, height, width), zeros between: (P, K, rows, columns)."""
    members, epochs, count, height, width = units.shape
    columns = max(1, min(most_columns, count))
    rows = -(-count // columns)
    tiles = np.zeros((members, epochs, rows * columns, height + 1, width + 1), dtype=np.int8)
    tiles[:, :, :count, :-1, :-1] = units
    tiles = tiles.reshape(members, epochs, rows, columns, height + 1, width + 1)
    mosaic = tiles.transpose(1, 0, 2, 4, 3, 5)
    mosaic = mosaic.reshape(epochs, members, rows * (height + 1), columns * (width + 1))
    return mosaic[:, :, :-1, :-1]


def _measured(name: str) -> Maker:
    """Return a maker for the Trajectory field of this name."""

    def make(trajectory: Trajectory) -> ChartArray | None:
        values: Array | None = getattr(trajectory, name)
        return None if values is None else of_path(values)

    return make


def _by_both(derive: Callable[[Trajectory], Array]) -> Maker:
    """Return a maker for values that `derive` returns as (K, E+1, ...)."""
    return lambda trajectory: of_path(derive(trajectory))


def _by_epoch(derive: Callable[[Trajectory], Array]) -> Maker:
    return lambda trajectory: of_epochs(derive(trajectory))


def _by_strength(derive: Callable[[Trajectory], Array]) -> Maker:
    return lambda trajectory: of_strengths(derive(trajectory))


def _constant(derive: Callable[[RunContext], Array | None]) -> Maker:
    def make(trajectory: Trajectory) -> ChartArray | None:
        values = derive(trajectory.context)
        return None if values is None else constant(values)

    return make


def _accuracy_gap(trajectory: Trajectory) -> ChartArray | None:
    gap = metrics.accuracy_gap(trajectory)
    return None if gap is None else of_path(gap)


def _best_line(trajectory: Trajectory) -> Array:
    positions = _positions(trajectory)
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
        "loss_ledger": _by_both(metrics.loss_stack),
        "penalty_total": _by_both(metrics.penalty_total),
        "penalty_stack": _by_both(metrics.penalty_stack),
        "shrinkage_ratio": _by_both(metrics.shrinkage_ratio),
        "generalization_gap": _by_both(metrics.generalization_gap),
        "accuracy_gap": _accuracy_gap,
        "histogram": _by_both(lambda t: np.maximum(t.histogram[..., 1:-1], EMPTY_BIN)),
        "histogram_beyond": _by_both(lambda t: beyond(t.histogram)),
        "unit_mosaic": _mosaic,
        "epochs": _by_epoch(lambda t: t.epochs),
        "best_strength": _by_epoch(metrics.best_strengths),
        "best_line": _by_epoch(_best_line),
        "strength_line": _by_strength(lambda t: np.stack([_positions(t)] * 2, axis=1)),
        "strength_position": _by_strength(_positions),
        "bin_centres": _constant(bin_centres),
        "bins_beyond": _constant(lambda c: _centres(c)[:, [0, -1]]),
        "grid_inputs": _constant(lambda c: c.grid_inputs),
        "grid_truth": _constant(lambda c: c.grid_truth),
        "train_inputs": _constant(_train_column(0)),
        "train_targets": _constant(_train_column(1)),
    }
)
