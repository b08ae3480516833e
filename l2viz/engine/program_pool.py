"""A pool of traced programs: an idle one is reused by the next run of the same structure."""

from __future__ import annotations

import threading

from l2viz.engine.path_program import PathProgram
from l2viz.experiment import LARGEST_PATH_WEIGHTS, Experiment
from l2viz.path.structure import Structure

IDLE_PROGRAMS = 5  # kept for reuse, some 18 MB each

_idle: list[PathProgram] = []  # the most recently used last
_traced = 0
_lock = threading.Lock()


def traced_programs() -> int:
    """Return how many programs this process has traced; about 5 MB of each are never freed."""
    return _traced


def borrow(experiment: Experiment) -> PathProgram:
    """Return an idle program of the experiment's structure, or a new one; never one in use."""
    global _traced
    structure = Structure.of(experiment)
    with _lock:
        for program in reversed(_idle):
            if program.structure == structure:
                _idle.remove(program)
                return program
        _traced += 1
    return PathProgram(experiment)


def give_back(program: PathProgram) -> None:
    """Return a program to the pool; drop the oldest ones beyond its number and weight limits."""
    program.release()
    with _lock:
        _idle.append(program)
        while len(_idle) > 1 and (
            len(_idle) > IDLE_PROGRAMS
            or sum(idle.model.weight_count for idle in _idle) > LARGEST_PATH_WEIGHTS
        ):
            del _idle[0]
