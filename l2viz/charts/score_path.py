"""Validation error or accuracy over the strengths, drawn up to the chosen one."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.charts.core.axes import axis, strength_axis, validation_score
from l2viz.charts.core.binding import CHOSEN, UNTIL, Bound
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.traces import dots, line
from l2viz.trajectory import Array, Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    label, score, values = validation_score(trajectory)
    across = Bound("strength_position", UNTIL)
    sheet = Sheet()
    sheet.add(line(label, "@validation", width=3), x=across, y=Bound(score, UNTIL))
    here = dots("at λ", "@text", 11, f"{label} %{{y:.3g}}", key=False)
    sheet.add(here, x=Bound("strength_position", CHOSEN), y=Bound(score, CHOSEN))
    return sheet.drawing({"xaxis": strength_axis(trajectory), "yaxis": _axis(trajectory, values)})


def _axis(trajectory: Trajectory, values: Array) -> dict[str, Any]:
    """Return an axis of the scores after a quarter of the run: a small gain is to be seen."""
    late = values[:, values.shape[1] // 4 :]
    late = late[np.isfinite(late)]
    low, high = (float(late.min()), float(late.max())) if late.size else (0.0, 1.0)
    margin = max(0.15 * (high - low), 0.01)
    shown = [float(f"{low - margin:.2g}"), float(f"{high + margin:.2g}")]
    if trajectory.val_accuracy is None:
        return axis("error", range=[max(shown[0], 0.0), shown[1]])
    return axis("accuracy", range=[shown[0], min(shown[1], 1.02)], tickformat=".0%")


SCORE_PATH = Chart(
    name="score_path",
    slot="score_path",
    group="Fit",
    title="On data it has not seen",
    caption="Validation at each strength so far: first better, then worse",
    about="What validation data says of each strength so far: it improves as the network unlearns "
    "the noise, and gets worse when too little is left.",
    draw=_draw,
)
