"""What charts against strength share: the logarithmic axis of λ, and marks of single strengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.analysis.verdict import strength_text
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import strength_positions
from l2viz.charts.core.theme import axis
from l2viz.charts.core.traces import PINS, Bound, Sheet, line
from l2viz.trajectory import Array, Trajectory

MARKS = {"domain": [0.0, 1.0], "range": [0, 1], "visible": False, "fixedrange": True}
UPPER, LOWER = [0.52, 1.0], [0.0, 0.40]  # heights of two panels


def strength_axis(trajectory: Trajectory, **settings: Any) -> dict[str, Any]:
    """The axis of `strength_position`, with λ = 0 apart on its left."""
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
    """λ = 0, and the powers of ten within the grid; of a narrow grid its ends."""
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


def _power_text(power: int) -> str:
    return f"{10.0**power:g}" if power >= -3 else f"10<sup>{power}</sup>"


def across(array: str, *index: int) -> dict[str, Bound]:
    """x and y of a line over all strengths."""
    return {
        "x": Bound("strength_position", "all"),
        "y": Bound(array, "all", index=index),
    }


def mark_strengths(sheet: Sheet, yaxis: str, *, best: bool = True) -> None:
    """Upright lines at the chosen, the pinned and the best strength, on an axis like MARKS.

    Dashes stand over the solid line, so that both are seen where they meet.
    """
    marks = [("chosen", "chosen λ", "@text", "solid")]
    marks += [(pin, letter, f"@{pin}", dash) for pin, letter, dash in PINS]
    if best:
        marks.append(("best", "best on validation", "@best", "dashdot"))
    for strength, name, colour, dash in marks:
        trace = upright(name, colour, dash, yaxis, key=strength in ("best", "chosen"))
        sheet.add(trace, x=Bound("strength_line", strength))


def upright(name: str, colour: str, dash: str, yaxis: str, *, key: bool = True) -> dict[str, Any]:
    """An upright line over the whole height, whose x is still to be bound."""
    return line(name, colour, key=key, dash=dash, yaxis=yaxis, y=[0, 1], hoverinfo="skip")


def score_axis(trajectory: Trajectory, values: Array, **settings: Any) -> dict[str, Any]:
    """An axis of accuracies, or of errors (K, E+1) as they are after the first quarter of a run."""
    if trajectory.val_accuracy is not None:
        return axis("accuracy", range=[0.0, 1.02], tickformat=".0%", **settings)
    late = values[..., len(trajectory.epochs) // 4 :]
    top = ranges.from_zero(late, at_least=1.1 * trajectory.context.constant_loss, share=0.99)
    return axis("error", range=top, **settings)
