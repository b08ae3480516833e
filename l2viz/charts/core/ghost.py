"""The ghost: a member drawn behind the others for comparison, trained without the change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from l2viz.charts.core.binding import Selector, fixed
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import RecordedModel, Trajectory


@dataclass(frozen=True, kw_only=True)
class Ghost:
    """strength: its selector in a binding; label: its name in a chart's key."""

    strength: Selector
    label: str


def ghost_of(trajectory: Trajectory) -> Ghost:
    """Return λ = 0, or for a step schedule the member whose strength does not change.

    That is the member whose strength is `schedule_from`. If there is none, λ = 0 is the ghost.
    """
    experiment = trajectory.trained
    if isinstance(experiment, RecordedModel):
        first = strength_text(float(trajectory.strengths[0]))  # of a single run any strength
        return Ghost(strength=fixed(0), label=f"λ = {first}")
    if experiment.schedule == "step" and experiment.schedule_from > 0.0:
        same = np.isclose(trajectory.strengths, experiment.schedule_from, rtol=1e-9, atol=0.0)
        if same.any():
            text = strength_text(experiment.schedule_from)
            return Ghost(strength=fixed(int(np.argmax(same))), label=f"no step, λ = {text}")
    return Ghost(strength=fixed(0), label="λ = 0")
