"""The member that stands behind the others as a ghost: what would have been without a change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from l2viz.analysis.verdict import strength_text
from l2viz.charts.core.binding import Selector, fixed
from l2viz.trajectory import Trajectory


@dataclass(frozen=True, kw_only=True)
class Ghost:
    """strength: what a binding reads; label: how a chart's key names it."""

    strength: Selector
    label: str


def ghost_of(trajectory: Trajectory) -> Ghost:
    """Return λ = 0, or under a step of the strength the member that was not stepped.

    A member whose strength is `schedule_from` goes on unchanged after the step, as all members
    would have. Where no member has it, λ = 0 stays the ghost.
    """
    experiment = trajectory.experiment
    if experiment.schedule == "step" and experiment.schedule_from > 0.0:
        same = np.isclose(trajectory.strengths, experiment.schedule_from, rtol=1e-9, atol=0.0)
        if same.any():
            text = strength_text(experiment.schedule_from)
            return Ghost(strength=fixed(int(np.argmax(same))), label=f"no step, λ = {text}")
    return Ghost(strength=fixed(0), label="λ = 0")
