"""The presets of the package: experiments that the page opens, read once."""

from __future__ import annotations

import functools

from l2viz.experiment import Experiment
from l2viz.lesson.content import Preset
from l2viz.lesson.loader import read_presets


@functools.cache
def presets() -> tuple[Preset, ...]:
    """Return the presets, sorted by `order`. Raises LessonError if a file is not valid."""
    return read_presets()


def preset_of(experiment: Experiment) -> Preset | None:
    """Return the preset with this experiment, if there is one."""
    return next((preset for preset in presets() if preset.experiment == experiment), None)
