"""Norm of each kernel against strength, aligned above the validation curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.charts import ranges
from l2viz.charts.arrays import strength_positions
from l2viz.charts.binding import Binding
from l2viz.charts.chart import Chart, Drawing
from l2viz.charts.theme import axis, base_layout, layer_colour
from l2viz.charts.traces import PINS, line
from l2viz.trajectory import Array, Trajectory
from l2viz.verdict import strength_text

_LOWER = [0.0, 0.40]  # heights of the two panels
_UPPER = [0.52, 1.0]


def _draw(trajectory: Trajectory) -> Drawing:
    traces: list[dict[str, Any]] = []
    bindings: list[Binding] = []

    def add(trace: dict[str, Any], array: str, strength: str = "all", **more: Any) -> None:
        across = strength == "all"
        x = Binding(
            trace=len(traces),
            attribute="x",
            array="strength_position" if across else "strength_line",
            strength=strength,
        )
        y = Binding(trace=len(traces), attribute="y", array=array, strength=strength, **more)
        bindings.extend([x, y] if across else [x])
        traces.append(trace)

    for layer, name in enumerate(trajectory.layer_names):
        add(line(name, layer_colour(layer)), "kernel_norm", index=(layer,))
    classification = trajectory.val_accuracy is not None
    score = "val_accuracy" if classification else "val_data_loss"
    label = "validation accuracy" if classification else "validation error"
    add(line(label, "@validation", yaxis="y2"), score)
    for strength, name, colour, dash in (  # dashes over the solid line, so that both are seen
        ("chosen", "chosen λ", "@text", "solid"),
        *((pin, letter, f"@{pin}", dash) for pin, letter, dash in PINS),
        ("best", "best on validation", "@best", "dashdot"),
    ):
        mark = line(name, colour, key=strength in ("best", "chosen"), dash=dash, width=2)
        add({**mark, "yaxis": "y3", "y": [0, 1], "hoverinfo": "skip"}, "", strength)
        del traces[-1]["hovertemplate"]
    return Drawing(
        traces=tuple(traces),
        layout=_layout(trajectory, score, label),
        bindings=tuple(bindings),
    )


def _layout(trajectory: Trajectory, score: str, label: str) -> dict[str, Any]:
    positions = strength_positions(trajectory.strengths)
    ticks = _ticks(trajectory.strengths, positions)
    margin = max(0.02 * float(np.ptp(positions)), 0.05)
    values = getattr(trajectory, score)
    if score == "val_accuracy":
        shown = axis("accuracy", range=[0.0, 1.02], tickformat=".0%", nticks=3)
    else:
        late = values[:, len(trajectory.epochs) // 4 :]
        top = ranges.from_zero(late, at_least=1.1 * trajectory.context.constant_loss, share=0.99)
        shown = axis("error", range=top, nticks=3)
    return {
        "margin": {**base_layout()["margin"], "l": 56},
        "xaxis": axis(
            "strength λ (log scale)",
            range=[positions[0] - margin, positions[-1] + margin],
            tickvals=[position for position, _ in ticks],
            ticktext=[text for _, text in ticks],
            anchor="y2",
            tickangle=0,
        ),
        "yaxis": axis(
            "norm ‖w‖₂",
            domain=_UPPER,
            range=ranges.from_zero(trajectory.kernel_norm),
            nticks=4,
        ),
        "yaxis2": {**shown, "domain": _LOWER, "anchor": "x"},
        "yaxis3": {
            "domain": [0.0, 1.0],
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
        },
    }


def _ticks(strengths: Array, positions: Array) -> list[tuple[float, str]]:
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


NORMS = Chart(
    name="norms",
    slot="norms",
    group="Weights",
    title="Norms and validation against strength",
    about="Where validation is best, the kernels have already shrunk; beyond it they collapse.",
    draw=_draw,
)
