"""The axes that charts share: strength, epochs, weights, penalty and score."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.analysis.metrics import penalty_total
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import strength_positions
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory

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


def epoch_axis(trajectory: Trajectory) -> dict[str, Any]:
    """Return an axis over all epochs of the run, so that it does not grow during training."""
    return axis("epoch", range=[0, trajectory.experiment.epochs])


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
    ticks = [(float(positions[0]), "0")]
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
    """Return an axis of accuracy, or up to the largest error after the first quarter of a run."""
    if trajectory.val_accuracy is not None:
        return axis("accuracy", range=[0.0, 1.02], tickformat=".0%", **settings)
    late = values[..., len(trajectory.epochs) // 4 :]
    top = ranges.from_zero(late, at_least=1.1 * trajectory.context.constant_loss, share=0.99)
    return axis("error", range=top, **settings)


def _power_text(power: int) -> str:
    return f"{10.0**power:g}" if power >= -3 else f"10<sup>{power}</sup>"
