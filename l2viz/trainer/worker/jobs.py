"""Training a run and warming up, in the training process. The only file here that needs Keras."""

from __future__ import annotations

import functools
import gc
import logging
import time
from collections.abc import Callable, Sequence

from l2viz import data
from l2viz.data.brought import bring
from l2viz.engine.program_pool import traced_programs
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.path import RowArrays
from l2viz.trainer.messages import Began, Ended, Measured, Train

_SECONDS_PER_CALL = 0.1  # of training between two checks for a stop; one epoch at least
WARMED_DATASETS = ("curve", "digits")  # of the opening lessons; others are traced when trained

Send = Callable[[object], None]
Piece = Callable[[], object]

logger = logging.getLogger("l2viz.trainer")


class StopAsked(Exception):
    """Raised between two epochs when the run was asked to stop."""


class StoppableTraining(PathTraining):
    """PathTraining that checks for a stop between epochs. How epochs are split changes no bit."""

    def __init__(
        self, experiment: Experiment, shards: Sequence[int], stop_asked: Callable[[], bool]
    ) -> None:
        super().__init__(experiment, shards)
        self._stop_asked = stop_asked
        self._epochs_per_call = 1

    def train_epochs(self, count: int) -> None:
        """Train `count` epochs. Raises StopAsked."""
        self._raise_if_stop_asked()
        while count > 0:
            now = min(count, self._epochs_per_call)
            started = time.perf_counter()
            super().train_epochs(now)
            pace = now / max(time.perf_counter() - started, 1e-6)
            self._epochs_per_call = max(1, int(pace * _SECONDS_PER_CALL))
            count -= now
            if count > 0:
                self._raise_if_stop_asked()

    def _raise_if_stop_asked(self) -> None:
        if self._stop_asked():
            raise StopAsked


def train(command: Train, send: Send, stop_asked: Callable[[], bool]) -> None:
    """Train a part of a run; send Began, a Measured for each epoch, and in any case Ended."""
    run_id = command.run_id
    kernels: tuple[RowArrays, ...] = ()
    status, sentence = "finished", ""
    traced = traced_programs()
    try:
        kernels = _train(command, send, stop_asked)
    except StopAsked:
        status = "stopped"
    except OSError:
        raise  # the pipe is closed: the page's process has ended
    except Exception as error:
        logger.exception("A run failed.")
        status, sentence = "failed", _failure_sentence(error)
    send(Ended(run_id, status, sentence, kernels, traced_programs()))
    if traced_programs() > traced:
        gc.collect()  # a program dropped from the pool is in reference cycles


def _train(command: Train, send: Send, stop_asked: Callable[[], bool]) -> tuple[RowArrays, ...]:
    """Train and send what is measured; return the kernels at the last epoch."""
    if stop_asked():
        raise StopAsked
    if command.brought:
        bring(command.brought, command.experiment.dataset)  # held by the command
    with StoppableTraining(command.experiment, command.shards, stop_asked) as training:
        send(Began(command.run_id, training.context))
        for epoch, parts in training.recorded():
            send(Measured(command.run_id, epoch, tuple(parts)))
        return tuple(training.shard_kernels())


def _failure_sentence(error: Exception) -> str:
    """Return the sentence for people about an error in training."""
    lines = str(error).strip().splitlines() or ["no further words"]
    return (
        f"Training failed with {type(error).__name__}: {lines[0][:200]}. What was measured up to "
        "then is shown. Change a setting, or Train again."
    )


def warming_pieces() -> list[Piece]:
    """Return functions that load and trace the opening lessons, the page's first lesson first.

    They are small, because a run that arrives waits for the end of one of them.
    """
    pieces: list[Piece] = []
    for name in WARMED_DATASETS:
        pieces += pieces_of(Experiment(dataset=name))
    return pieces


def pieces_of(experiment: Experiment) -> list[Piece]:
    """Return functions that load and trace what an experiment needs: one shard stands for all."""
    return [
        functools.partial(data.load, experiment),
        functools.partial(_warm_training, experiment),
        functools.partial(_warm_measuring, experiment),
    ]


def _warm_training(experiment: Experiment) -> None:
    with PathTraining(experiment, (0,)) as training:
        training.train_epochs(1)


def _warm_measuring(experiment: Experiment) -> None:
    with PathTraining(experiment, (0,)) as training:
        training.measured(0)
