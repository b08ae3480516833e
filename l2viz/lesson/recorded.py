"""Which experiments have recorded runs: those of all presets and scenes, each once."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from l2viz.experiment import Experiment
from l2viz.lesson.content import Preset, Scene
from l2viz.lesson.loader import read_lesson, read_presets


@functools.cache
def recorded_experiments() -> Mapping[str, Experiment]:
    """Return the experiments by the key of the first preset or scene that has each.

    Raises LessonError if a file is not valid.
    """
    parts: list[Preset | Scene] = [*read_presets(results_file=None), *read_lesson().scenes]
    found: dict[Experiment, str] = {}
    for part in parts:
        found.setdefault(part.experiment, part.key)
    return MappingProxyType({key: experiment for experiment, key in found.items()})
