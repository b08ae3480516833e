"""The axes that charts share: strength, epochs, weights, penalty and score."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.analysis.metrics import penalty_total
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import strength_positions
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory

_LEAST_SHOWN, _LITTLE_MORE, _ROUND = 0.2, 0.15, 0.2  # of accuracy
# Of a y axis: a circle is a circle. The x axis is constrained to its domain too.
EQUAL_SCALES = {"scaleanchor": "x", "constrain": "domain"}
UPPER, LOWER = [0.52, 1.0], [0.0, 0.40]  # vertical domains of two panels


def axis(title: str, **settings: Any) -> dict[str, Any]:
    """Return an axis in the project's style; numbers as 10⁵ or 10 k, not as 0.5e+4."""
    power = settings.get("type") == "log" and "exponentformat" not in settings
    return {
        "title": {"text": title, "standoff": 4, "font": {"size": 11}},
        **({"tickfont": {"size": 9}} if power else {}),  # Plotly draws powers a quarter larger
        "gridcolor": "@grid",
        "zeroline": False,
        "linecolor": "@grid",
        "ticks": "outside",
        "tickcolor": "@grid",
        "ticklen": 3,
        "exponentformat": "power" if settings.get("type") == "log" else "SI",
        "minexponent": 5,
        "fixedrange": True,
        **settings,
    }


def floored_axis(
    title: str, floor: float, top: float, step: int = 2, **settings: Any
) -> dict[str, Any]:
    """Return a logarithmic axis from `floor`, which stands for all below it, up to 10^`top`."""
    lowest = round(np.log10(floor))
    powers = list(range(lowest, int(np.floor(top + 1e-9)) + 5, step))  # the range may grow
    texts = [f"10<sup>{power}</sup>" if power else "1" for power in powers]
    return axis(
        title,
        type="log",
        range=[lowest - 0.1, top],
        tickvals=[10.0**power for power in powers],
        ticktext=[f"≤ {texts[0]}", *texts[1:]],
        **settings,
    )


def epoch_axis(trajectory: Trajectory) -> dict[str, Any]:
    """Return an axis over all epochs of the run, so that it does not grow during training."""
    last = max(trajectory.trained.epochs, 1)
    ticks = epoch_ticks(last)
    texts = [str(tick) for tick in ticks]
    return axis(
        "epoch",
        range=[0, last],
        tickvals=ticks,
        ticktext=texts,
        tickangle=0,
        ticklabeloverflow="allow",  # at the edge, where the last epoch is
    )


def epoch_ticks(last: int) -> list[int]:
    """Return 0, up to five round numbers, and the last epoch."""
    power = 10 ** max(0, int(np.log10(last)) - 1)
    step = next(size * power for size in (1, 2, 5, 10, 20, 50) if last <= 6 * size * power)
    before = [tick for tick in range(0, last, step) if last - tick > 0.6 * step]
    return [*(before or [0]), last]


def weight_axis(trajectory: Trajectory, layer: int) -> dict[str, Any]:
    """Return an axis as wide as the bins of a layer's histogram."""
    edge = float(trajectory.context.bin_edges[layer, -1])
    return axis("weight w", range=[-edge, edge])


def strength_axis(trajectory: Trajectory, **settings: Any) -> dict[str, Any]:
    """Return the axis of `strength_position`, with λ = 0 apart on its left."""
    positions = strength_positions(trajectory.strengths)
    margin = max(0.02 * float(np.ptp(positions)), 0.05)
    ticks = strength_ticks(trajectory.strengths, positions)
    return axis(
        "strength λ (log scale)",
        range=[positions[0] - margin, positions[-1] + margin],
        tickvals=[position for position, _ in ticks],
        ticktext=[text for _, text in ticks],
        tickangle=0,
        **settings,
    )


def strength_ticks(strengths: Array, positions: Array) -> list[tuple[float, str]]:
    """Return position and text of λ = 0 and each power of ten, or of the ends of a narrow grid."""
    ticks = [(float(positions[0]), strength_text(strengths[0]))]
    if len(strengths) > 1:
        low, high = np.log10(strengths[1]), np.log10(strengths[-1])
        powers = np.arange(np.ceil(low - 1e-9), np.floor(high + 1e-9) + 1)
        if len(powers) >= 2:
            crowded = len(powers) > 6
            kept = powers[::2] if crowded else powers
            ticks += [(float(power), _power_text(int(power))) for power in kept]
        else:
            ends = (1, len(strengths) - 1) if len(strengths) > 2 else (1,)
            ticks += [(float(positions[i]), strength_text(strengths[i])) for i in ends]
    return ticks


def penalty_axis(trajectory: Trajectory) -> dict[str, Any]:
    """Return an axis up to the largest penalty after the first eighth of a run."""
    settled = max(1, len(trajectory.epochs) // 8)
    top = ranges.from_zero(
        penalty_total(trajectory)[:, settled:],
        at_least=0.3 * trajectory.context.constant_loss,
        share=0.99,
    )
    return axis("penalty λΣw²", range=top)


def validation_score(trajectory: Trajectory) -> tuple[str, str, Array]:
    """Return what validation data measures: its label, the array's name, and the values."""
    if trajectory.val_accuracy is not None:
        return "validation accuracy", "val_accuracy", trajectory.val_accuracy
    return "validation error", "val_data_loss", trajectory.val_data_loss


def score_axis(trajectory: Trajectory, values: Array, **settings: Any) -> dict[str, Any]:
    """Return an axis of all accuracies, or up to the largest error after a quarter of a run.

    values   (..., K, E+1) accuracies or errors
    """
    if trajectory.val_accuracy is not None:
        return axis("accuracy", range=[0.0, 1.02], tickformat=".0%", **settings)
    late = values[..., len(trajectory.epochs) // 4 :]
    top = ranges.from_zero(late, at_least=1.1 * trajectory.context.constant_loss)
    return axis("error", range=top, **settings)


def score_axis_of_strengths(
    trajectory: Trajectory, values: Array, *, step: float = 0.1, **settings: Any
) -> dict[str, Any]:
    """Return the same axis for lines over the strengths: of accuracies, what λ changes.

    From 0 to 100 %, a gain of some points is a flat line. So the axis begins as far below the
    lowest score of λ = 0 as the best score is above it, at a tick, which says where: lines leave it
    where the network collapses.

    step   from one tick to the next: 0.1 or 0.2
    """
    whole = score_axis(trajectory, values, **settings)
    if trajectory.val_accuracy is None:
        return whole
    whole |= {"tick0": 0.0, "dtick": step}
    settled = values[..., len(trajectory.epochs) // 2 :]
    if not np.isfinite(settled[..., 0, :]).any():
        return whole
    start, best = np.nanmin(settled[..., 0, :]), np.nanmax(settled)
    lowest, wanted = np.nanmin(settled), min(2.0 * start - best, best - _LEAST_SHOWN)
    if lowest < wanted - _LITTLE_MORE:
        lowest = wanted
    bottom = _ROUND * np.floor((float(lowest) - 0.02) / _ROUND)
    return {**whole, "range": [max(0.0, round(bottom, 2)), 1.01]}


def _power_text(power: int) -> str:
    return strength_text(10.0**power)
