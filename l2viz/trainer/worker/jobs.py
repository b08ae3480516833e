"""What the training process does: trains runs and warms up. The only file here that needs Keras."""

from __future__ import annotations

import functools
import gc
import logging
import time
from collections.abc import Callable
from typing import Any

from l2viz import data
from l2viz.engine.program_pool import traced_programs
from l2viz.engine.training import Diverged, PathTraining
from l2viz.experiment import Experiment
from l2viz.trainer.messages import Began, Ended, Measured, Train

_SECONDS_PER_CALL = 0.1  # of training between two looks at whether to stop, an epoch at least
WARMED_DATASETS = ("curve", "digits")  # of the opening lessons; others are traced when trained

Send = Callable[[object], None]
Piece = Callable[[], object]

logger = logging.getLogger("l2viz.trainer")


class StopAsked(Exception):
    """Raised between two epochs of a run that is to stop."""


class StoppableTraining(PathTraining):
    """A path that looks between epochs whether to stop. How epochs are split changes no bit."""

    def __init__(self, experiment: Experiment, stop_asked: Callable[[], bool]) -> None:
        super().__init__(experiment)
        self._stop_asked = stop_asked
        self._epochs_per_call = 1

    def train_epochs(self, count: int) -> None:
        """Train as PathTraining does. Raises StopAsked."""
        self._look()
        while count > 0:
            now = min(count, self._epochs_per_call)
            started = time.perf_counter()
            super().train_epochs(now)
            pace = now / max(time.perf_counter() - started, 1e-6)
            self._epochs_per_call = max(1, int(pace * _SECONDS_PER_CALL))
            count -= now
            if count > 0:
                self._look()

    def _look(self) -> None:
        if self._stop_asked():
            raise StopAsked


def train(command: Train, send: Send, stop_asked: Callable[[], bool]) -> None:
    """Train one run and send all of it: Began, a Measured per snapshot, Ended in any case."""
    run_id = command.run_id
    status, sentence, kernels = "finished", "", ()
    traced = traced_programs()
    try:
        kernels = _train(command, send, stop_asked)
    except StopAsked:
        status = "stopped"
    except Diverged as divergence:
        status, sentence = "failed", str(divergence)
    except OSError:
        raise  # the pipe is gone, and so is the page's process
    except Exception as error:
        logger.exception("A run failed.")
        status, sentence = "failed", _failure_sentence(error)
    send(Ended(run_id, status, sentence, kernels, traced_programs()))
    if traced_programs() > traced:
        gc.collect()  # the program that made room stands in cycles, and two thirds of it with them


def _train(command: Train, send: Send, stop_asked: Callable[[], bool]) -> tuple[Any, ...]:
    """Train; return the kernels at the last epoch."""
    if stop_asked():
        raise StopAsked
    with StoppableTraining(command.experiment, stop_asked) as training:
        send(Began(command.run_id, training.context))
        for snapshot in training.snapshots():
            training.measured.clear()  # the other process keeps them
            send(Measured(command.run_id, snapshot))
        return training.kernels()


def _failure_sentence(error: Exception) -> str:
    lines = str(error).strip().splitlines() or ["no further words"]
    return (
        f"Training failed with {type(error).__name__}: {lines[0][:200]}. What was measured up to "
        "then is shown. Change a setting, or Train again."
    )


def warming_pieces() -> list[Piece]:
    """Return the tracing of the opening lessons, in pieces: a run waits for one at most.

    The lesson that opens the page comes first.
    """
    pieces: list[Piece] = []
    for name in WARMED_DATASETS:
        experiment = Experiment(dataset=name, epochs=1)
        pieces += [
            functools.partial(data.load, experiment),
            functools.partial(_warm_training, experiment),
            functools.partial(_warm_measuring, experiment),
        ]
    return pieces


def _warm_training(experiment: Experiment) -> None:
    with PathTraining(experiment) as training:
        training.train_epochs(1)


def _warm_measuring(experiment: Experiment) -> None:
    with PathTraining(experiment) as training:
        training.measure(0)
