"""What was measured of a path: a Snapshot for each recorded epoch, a Trajectory of them all."""

from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import (
    BINS,
    FADED,
    MEASURED,
    NORMED_UNITS,
    PICTURES,
    SAMPLED_WEIGHTS,
    SUMMARIES,
    THRESHOLDS,
    Array,
    Measured,
    RunContext,
    Snapshot,
)
from l2viz.trajectory.trajectory import Trajectory

__all__ = [
    "BINS",
    "FADED",
    "MEASURED",
    "NORMED_UNITS",
    "PICTURES",
    "SAMPLED_WEIGHTS",
    "SUMMARIES",
    "THRESHOLDS",
    "Array",
    "Measured",
    "RecordedModel",
    "RunContext",
    "Snapshot",
    "Trajectory",
]
