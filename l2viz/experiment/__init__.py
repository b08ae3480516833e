"""The settings of a run, validated, and facts about datasets, penalties and layers."""

from l2viz.experiment.experiment import LARGEST_PATH_WEIGHTS, LARGEST_STEP_COUNT, Experiment
from l2viz.experiment.fields import (
    ACTIVATIONS,
    DTYPES,
    KERAS_WEIGHT_DECAY,
    LARGEST_RECORD,
    LARGEST_REPEATS,
    LARGEST_SEED,
    MIXING_OPTIMIZERS,
    MIXING_SETTINGS,
    MOMENTUM_OPTIMIZERS,
    OPTIMIZERS,
    SCHEDULES,
    SETTINGS,
)
from l2viz.experiment.strength_grid import LARGEST_GRID, LARGEST_STRENGTH
from l2viz.validation import ExperimentError

__all__ = [
    "ACTIVATIONS",
    "DTYPES",
    "KERAS_WEIGHT_DECAY",
    "LARGEST_GRID",
    "LARGEST_PATH_WEIGHTS",
    "LARGEST_RECORD",
    "LARGEST_REPEATS",
    "LARGEST_SEED",
    "LARGEST_STEP_COUNT",
    "LARGEST_STRENGTH",
    "MIXING_OPTIMIZERS",
    "MIXING_SETTINGS",
    "MOMENTUM_OPTIMIZERS",
    "OPTIMIZERS",
    "SCHEDULES",
    "SETTINGS",
    "Experiment",
    "ExperimentError",
]
