"""Waiting for a run in a test, and looking one up by its experiment."""

from __future__ import annotations

import time
from collections.abc import Callable

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer

WAIT = 120.0  # seconds: far more than anything takes, so that a fault ends in a message


def wait_until(run: Run, condition: Callable[[RunState], bool], timeout: float = WAIT) -> RunState:
    """Return the first state seen that fulfils the condition."""
    deadline = time.monotonic() + timeout
    while not condition(state := run.state):
        assert time.monotonic() < deadline, f"{run} after {timeout:g} s"
        time.sleep(0.005)
    return state


def ended(run: Run) -> RunState:
    """Return the last state of a run."""
    return wait_until(run, lambda state: state.ended)


def measured(run: Run, count: int) -> RunState:
    """Return a state with so many snapshots of a run that trains."""
    state = wait_until(run, lambda state: len(state.snapshots) >= count or state.ended)
    assert len(state.snapshots) >= count, state.message
    return state


def run_of(trainer: Trainer, experiment: Experiment) -> Run | None:
    """Return the run that stands for an experiment, without asking for it."""
    return trainer._store.find(experiment)
