"""Run: one training of one experiment, written by the trainer and read from any thread."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from l2viz.experiment import Experiment
from l2viz.trajectory import MEASURED, Array, RunContext, Snapshot, Trajectory

ENDED = ("finished", "stopped", "failed")
_BYTES_OF_AN_EMPTY_RUN = 4_096  # so that runs without snapshots cannot pile up either


@dataclass(frozen=True)
class Pace:
    """How fast a run trains, measured from its second snapshot on: before, programs are traced.

    epochs   of the whole run
    marks    (epoch, time in seconds) of the first two snapshots and of the latest
    """

    epochs: int
    marks: tuple[tuple[int, float], ...] = ()

    def after(self, epoch: int) -> Pace:
        """Return the pace after the snapshot of this epoch, which has just arrived."""
        return Pace(self.epochs, (*self.marks[:2], (epoch, time.monotonic())))

    def seconds_left(self) -> float | None:
        """Return the estimated seconds to the last epoch; None before the second snapshot."""
        if len(self.marks) < 2:
            return None
        (before, started), (epoch, ended) = self.marks[-2:]
        seconds_per_epoch = (ended - started) / (epoch - before)
        left = seconds_per_epoch * (self.epochs - epoch) - (time.monotonic() - ended)
        return max(0.0, left)


@dataclass(frozen=True, kw_only=True, eq=False)
class RunState:
    """A run at one moment: status, snapshots and all else belong together.

    Attributes
    ----------
    pace : Pace
        How fast it trains.
    status : str
        "queued", "training", "finished", "stopped" or "failed".
    message : str
        A sentence for people where the status needs one, otherwise empty.
    context : RunContext or None
        None until training begins.
    snapshots : tuple of Snapshot
        The recorded epochs so far.
    kernels : tuple of arrays
        Of a finished run, as in Trajectory; otherwise empty.
    queue_position : int or None
        1 is the next to be trained; None when not queued.
    nbytes : int
        Bytes of all snapshots and kernels.
    """

    pace: Pace
    status: str = "queued"
    message: str = ""
    context: RunContext | None = None
    snapshots: tuple[Snapshot, ...] = ()
    kernels: tuple[Array, ...] = ()
    queue_position: int | None = None
    nbytes: int = _BYTES_OF_AN_EMPTY_RUN

    @property
    def ended(self) -> bool:
        """Return whether it is finished, stopped or failed: it changes no more."""
        return self.status in ENDED

    @property
    def seconds_left(self) -> float | None:
        """Return the estimated seconds to the last epoch; None unless it trains at a known pace."""
        return self.pace.seconds_left() if self.status == "training" else None


class Run:
    """One training of one experiment. Created by a Trainer, read from any thread.

    Attributes
    ----------
    id : str
        Safe in a URL; a hash of the experiment, the start of the server, then the generation.
    experiment : Experiment
        What is trained.
    generation : int
        0 for a recording, then 1 and up: how often the experiment was trained.
    recorded : bool
        Whether it was read from a file, and not trained here.
    state : RunState
        Replaced as a whole at every change: read it once for values that belong together.
    failure : Exception or None
        Why what was measured ended the run: no loss is finite, for one.
    """

    def __init__(
        self, run_id: str, experiment: Experiment, generation: int, *, recorded: bool = False
    ) -> None:
        self.id = run_id
        self.experiment = experiment
        self.generation = generation
        self.recorded = recorded
        self.state = RunState(pace=Pace(experiment.epochs))
        self.failure: Exception | None = None
        self._stacking = threading.Lock()
        self._trajectory: Trajectory | None = (
            None  # of an ended run, stacked at the first call of `trajectory`
        )

    @classmethod
    def of_recording(cls, trajectory: Trajectory) -> Run:
        """Return a finished run that shares the arrays of a recording."""
        experiment = trajectory.experiment
        run = cls(recording_id(experiment), experiment, generation=0, recorded=True)
        run._trajectory = trajectory
        run._change(
            status="finished",
            context=trajectory.context,
            kernels=trajectory.kernels,
            snapshots=tuple(trajectory.snapshots()),
            nbytes=sum(array.nbytes for array in trajectory.arrays().values()),
        )
        return run

    @property
    def trained(self) -> Experiment:
        """Return what is trained, under the name that a run opened from a file has too."""
        return self.experiment

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.state.status}, {len(self.state.snapshots)} snapshots>"

    def trajectory(self, from_index: int = 0) -> Trajectory | None:
        """Return the snapshots from `from_index` on, stacked.

        Parameters
        ----------
        from_index : int
            How many of the first snapshots are left out.

        Returns
        -------
        Trajectory or None
            None when there are no such snapshots yet. An ended run is stacked once, and all callers
            share its arrays: do not write to them.
        """
        state = self.state
        if state.context is None or not state.snapshots[from_index:]:
            return None
        if not state.ended:
            return Trajectory.of(state.context, state.snapshots[from_index:])
        whole = self._stacked(state.context)
        return whole.after(from_index) if from_index > 0 else whole

    # ---- written by the trainer alone, under its lock

    def wait_in_queue(self, position: int, message: str) -> None:
        """Set the position in the queue, and the message about it."""
        self._change(queue_position=position, message=message)

    def leave_queue(self) -> None:
        """Set the status to "training": the run was sent to the training process."""
        self._change(status="training", queue_position=None, message="")

    def begin(self, context: RunContext) -> None:
        """Set the context."""
        self._change(context=context)

    def add(self, snapshot: Snapshot) -> None:
        """Append the snapshot of the next recorded epoch."""
        state = self.state
        self._change(
            snapshots=(*state.snapshots, snapshot),
            nbytes=state.nbytes + sum(array.nbytes for array in _arrays(snapshot)),
            pace=state.pace.after(snapshot.epoch),
        )

    def end(self, status: str, message: str = "", kernels: Sequence[Array] = ()) -> None:
        """Set the final status; the run does not change afterwards."""
        self._change(
            status=status,
            message=message,
            queue_position=None,
            kernels=tuple(kernels),
            nbytes=self.state.nbytes + sum(kernel.nbytes for kernel in kernels),
        )

    def _change(self, **changes: Any) -> None:
        self.state = dataclasses.replace(self.state, **changes)

    def _stacked(self, context: RunContext) -> Trajectory:
        """Return the whole trajectory of an ended run; its snapshots become views of it."""
        with self._stacking:
            if self._trajectory is None:
                state = self.state
                self._trajectory = Trajectory.of(context, state.snapshots, state.kernels)
                self._change(snapshots=tuple(self._trajectory.snapshots()))
            return self._trajectory


def experiment_key(experiment: Experiment) -> str:
    """Return a hash of 16 hexadecimal digits, the same on every machine."""
    text = json.dumps(experiment.as_json(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def recording_id(experiment: Experiment) -> str:
    """Return the id of the run of an experiment's recording."""
    return f"{experiment_key(experiment)}-0"


def _arrays(snapshot: Snapshot) -> list[Array]:
    """Return the measured arrays that a snapshot has."""
    values = (getattr(snapshot, name) for name in MEASURED)
    return [value for value in values if value is not None]
