"""Run: one training of one experiment, as everyone reads it while the trainer writes it."""

from __future__ import annotations

import dataclasses
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
    """How fast a run trains, the first recorded stretch aside: it may include the tracing.

    marks   (epoch, time in seconds) of the first two snapshots and of the latest
    """

    epochs: int
    marks: tuple[tuple[int, float], ...] = ()

    def after(self, epoch: int) -> Pace:
        """Return the pace once the snapshot of this epoch is there, now."""
        return Pace(self.epochs, (*self.marks[:2], (epoch, time.monotonic())))

    def seconds_left(self) -> float | None:
        """Return the seconds to the last epoch, or None before there is a pace."""
        if len(self.marks) < 2:
            return None
        (before, started), (epoch, ended) = self.marks[-2:]
        seconds_per_epoch = (ended - started) / (epoch - before)
        left = seconds_per_epoch * (self.epochs - epoch) - (time.monotonic() - ended)
        return max(0.0, left)


@dataclass(frozen=True, kw_only=True, eq=False)
class RunState:
    """All of a run at one moment: a status never comes without the snapshots that led to it.

    status           "queued", "training", "finished", "stopped" or "failed"
    message          a sentence for people where the status needs one, otherwise empty
    context          None until the run begins
    snapshots        of the recorded epochs so far
    kernels          of a finished run, as in Trajectory
    queue_position   1 is the next to be trained; None when not queued
    nbytes           of what was measured
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
        return self.status in ENDED

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None when there is none yet, or the run does not train."""
        return self.pace.seconds_left() if self.status == "training" else None


class Run:
    """One training of one experiment. Made by a Trainer, read from any thread.

    id           safe in a URL; made of the experiment and the generation
    generation   0 for a recording, then 1 and up: how often the experiment was trained
    recorded     it comes from a file, and was not trained here
    state        replaced whole at every change: read it once for values that belong together
    """

    def __init__(
        self, run_id: str, experiment: Experiment, generation: int, *, recorded: bool = False
    ) -> None:
        self.id = run_id
        self.experiment = experiment
        self.generation = generation
        self.recorded = recorded
        self.state = RunState(pace=Pace(experiment.epochs))
        self._stacking = threading.Lock()
        self._trajectory: Trajectory | None = None  # of an ended run, once it was asked for

    @classmethod
    def of_recording(cls, run_id: str, trajectory: Trajectory) -> Run:
        """Make a finished run, without copying the recording's arrays."""
        run = cls(run_id, trajectory.experiment, generation=0, recorded=True)
        run._trajectory = trajectory
        run._change(
            status="finished",
            context=trajectory.context,
            kernels=trajectory.kernels,
            snapshots=tuple(trajectory.snapshots()),
        )
        return run

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.state.status}, {len(self.state.snapshots)} snapshots>"

    def trajectory(self, from_index: int = 0) -> Trajectory | None:
        """Return the snapshots from number `from_index` on as one Trajectory; None without any.

        The arrays of an ended run are stacked once, and shared: do not write to them.
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
        """Note the place in the queue, and the sentence about it."""
        self._change(queue_position=position, message=message)

    def leave_queue(self) -> None:
        """Note that the training process has the run."""
        self._change(status="training", queue_position=None, message="")

    def begin(self, context: RunContext) -> None:
        """Note what is known before the first step."""
        self._change(context=context)

    def add(self, snapshot: Snapshot) -> None:
        """Append the snapshot of one more recorded epoch."""
        state = self.state
        self._change(
            snapshots=(*state.snapshots, snapshot),
            nbytes=state.nbytes + sum(array.nbytes for array in _arrays(snapshot)),
            pace=state.pace.after(snapshot.epoch),
        )

    def end(self, status: str, message: str = "", kernels: Sequence[Array] = ()) -> None:
        """Note how the run ended; it does not change afterwards."""
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
        """Stack an ended run once; its snapshots become views of the stack."""
        with self._stacking:
            if self._trajectory is None:
                state = self.state
                self._trajectory = Trajectory.of(context, state.snapshots, state.kernels)
                self._change(snapshots=tuple(self._trajectory.snapshots()))
            return self._trajectory


def _arrays(snapshot: Snapshot) -> list[Array]:
    values = (getattr(snapshot, name) for name in MEASURED)
    return [value for value in values if value is not None]
