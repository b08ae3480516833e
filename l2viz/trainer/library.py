"""l2viz.run: the whole path of an experiment, in this process or on several cores."""

from __future__ import annotations

import contextlib
import time
import warnings

from l2viz.experiment import Experiment
from l2viz.path.divergence import Diverged
from l2viz.trainer.run import Run
from l2viz.trainer.settings import LARGEST_WORKER_COUNT
from l2viz.trainer.trainer import Trainer, TrainerUnavailable
from l2viz.trajectory import Trajectory
from l2viz.trajectory.divergence import divergence_sentence
from l2viz.validation import integer

_PAUSE = 0.005  # seconds between two looks at a run


def run(experiment: Experiment, *, workers: int = 0) -> Trajectory:
    """Train an experiment to its last epoch.

    Parameters
    ----------
    experiment : Experiment
        What is trained: all of its strengths, penalties and repeats together.
    workers : int
        Number of processes that share the work, started for this call: each takes some seconds to
        import TensorFlow, so they pay for long runs. 0 trains in this process. The result is the
        same to the last bit.

    Returns
    -------
    Trajectory
        All recorded epochs, and the kernels at the last one.

    Raises
    ------
    Diverged
        When no strength has a finite loss any more; the epochs recorded before are in its
        `trajectory`.
    InvalidValue
        When `workers` is not an integer from 0 to 64.
    RuntimeError
        When the processes cannot be started, or one of them dies.

    Warns
    -----
    RuntimeWarning
        When some strengths have no finite loss any more: they are NaN from there on, and the
        others go on.
    """
    count = integer("workers", workers, 0, LARGEST_WORKER_COUNT)
    if count == 0:
        from l2viz.engine import training  # TensorFlow: some seconds

        trajectory = training.run(experiment)
    else:
        trajectory = _run_in_processes(experiment, count)
    sentence = divergence_sentence(trajectory)
    if sentence:
        warnings.warn(sentence, RuntimeWarning, stacklevel=2)
    return trajectory


def _run_in_processes(experiment: Experiment, count: int) -> Trajectory:
    """Train an experiment in `count` processes. Raises Diverged and RuntimeError."""
    with contextlib.closing(Trainer(workers=count)) as trainer:
        trainer.start(at_once=True)
        while trainer.ready_workers < count and not trainer.unavailable_because:
            time.sleep(_PAUSE)
        return _trajectory(_ended(trainer.submit(experiment, client="l2viz.run")))


def _ended(run: Run) -> Run:
    """Return the run when it has ended."""
    while not run.state.ended:
        time.sleep(_PAUSE)
    return run


def _trajectory(run: Run) -> Trajectory:
    """Return the trajectory of a finished run. Raises Diverged and RuntimeError."""
    trajectory = run.trajectory()
    if run.state.status != "finished" or trajectory is None:
        if isinstance(run.failure, Diverged):
            run.failure.trajectory = trajectory
            raise run.failure
        raise TrainerUnavailable(run.state.message)
    return trajectory
