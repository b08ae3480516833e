"""What was measured of a path: a Snapshot for each recorded epoch, a Trajectory of them all."""

from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import (
    FADED,
    MEASURED,
    PICTURES,
    SUMMARIES,
    Array,
    Measured,
    RunContext,
    Snapshot,
)
from l2viz.trajectory.trajectory import Trajectory

__all__ = [
    "FADED",
    "MEASURED",
    "PICTURES",
    "SUMMARIES",
    "Array",
    "Measured",
    "RecordedModel",
    "RunContext",
    "Snapshot",
    "Trajectory",
]
