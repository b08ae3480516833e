"""Run: one training of one experiment, as everyone reads it while the trainer writes it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from l2viz.experiment import Experiment
from l2viz.trajectory import MEASURED, Array, RunContext, Snapshot, Trajectory

ENDED = ("finished", "stopped", "failed")
_BYTES_OF_AN_EMPTY_RUN = 4_096  # so that runs without snapshots cannot pile up either


@dataclass(frozen=True, kw_only=True, eq=False)
class RunView:
    """All of a run at one moment: a state never comes without the snapshots that led to it.

    state            "queued", "training", "finished", "stopped" or "failed"
    message          a sentence for people where the state needs one, otherwise empty
    context          None until the run begins
    snapshots        from the number that was asked for on
    snapshot_count   all there are
    kernels          of a finished run, as in Trajectory
    queue_position   1 is the next to be trained; None when not queued
    seconds_left     at the pace so far; None when there is none yet, or nothing is left
    version          rises with every change
    """

    id: str
    experiment: Experiment
    generation: int
    recorded: bool
    state: str
    message: str
    context: RunContext | None
    snapshots: list[Snapshot]
    snapshot_count: int
    kernels: tuple[Array, ...]
    queue_position: int | None
    seconds_left: float | None
    version: int

    @property
    def ended(self) -> bool:
        return self.state in ENDED


class Run:
    """One training of one experiment. Made by a Trainer, read from any thread.

    id           safe in a URL; of the experiment and the generation
    generation   0 for a recording, then 1 and up: how often the experiment was trained
    recorded     it comes from a file, and was not trained here
    """

    def __init__(self, run_id: str, experiment: Experiment, generation: int) -> None:
        self.id = run_id
        self.experiment = experiment
        self.generation = generation
        self.recorded = False
        self._changed = threading.Condition()
        self._state = "queued"
        self._message = ""
        self._context: RunContext | None = None
        self._snapshots: list[Snapshot] = []
        self._kernels: tuple[Array, ...] = ()
        self._queue_position: int | None = None
        self._version = 0
        self._pace = _Pace(experiment.epochs)
        self._nbytes = _BYTES_OF_AN_EMPTY_RUN
        self._trajectory: Trajectory | None = None  # of an ended run, once it was asked for

    @classmethod
    def of_recording(cls, run_id: str, trajectory: Trajectory) -> Run:
        """A finished run, without copying the recording's arrays."""
        run = cls(run_id, trajectory.experiment, generation=0)
        run.recorded = True
        run._state = "finished"
        run._context = trajectory.context
        run._kernels = trajectory.kernels
        run._trajectory = trajectory
        run._snapshots = trajectory.snapshots()
        return run

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.state}, {self.snapshot_count} snapshots>"

    # ---- read by everyone

    def view(self, from_index: int = 0) -> RunView:
        """Everything at one moment, with the snapshots from number `from_index` on."""
        with self._changed:
            return RunView(
                id=self.id,
                experiment=self.experiment,
                generation=self.generation,
                recorded=self.recorded,
                state=self._state,
                message=self._message,
                context=self._context,
                snapshots=self._snapshots[max(from_index, 0) :],
                snapshot_count=len(self._snapshots),
                kernels=self._kernels,
                queue_position=self._queue_position,
                seconds_left=self._pace.seconds_left() if self._state == "training" else None,
                version=self._version,
            )

    def wait_until(self, condition: Callable[[RunView], bool], timeout: float) -> RunView:
        """Waits until the condition holds. Raises TimeoutError after `timeout` seconds."""
        with self._changed:  # a Condition's lock may be taken again by its own thread: `view`
            if not self._changed.wait_for(lambda: condition(self.view()), timeout):
                raise TimeoutError(f"Run {self.id} is {self._state} after {timeout:g} s.")
            return self.view()

    def trajectory(self, from_index: int = 0) -> Trajectory | None:
        """Its snapshots from number `from_index` on as one Trajectory; None without any.

        The arrays of an ended run are stacked once, and shared: do not write to them.
        """
        view = self.view(from_index)
        if view.context is None or not view.snapshots:
            return None
        if not view.ended:
            return Trajectory.of(view.context, view.snapshots)
        whole = self._whole(view.context)
        return whole.after(from_index) if from_index > 0 else whole

    @property
    def state(self) -> str:
        return self._state

    @property
    def ended(self) -> bool:
        return self._state in ENDED

    @property
    def message(self) -> str:
        return self.view().message

    @property
    def context(self) -> RunContext | None:
        return self._context

    @property
    def kernels(self) -> tuple[Array, ...]:
        return self.view().kernels

    @property
    def snapshot_count(self) -> int:
        return len(self._snapshots)

    def snapshots_from(self, index: int) -> list[Snapshot]:
        return self.view(index).snapshots

    @property
    def seconds_left(self) -> float | None:
        return self.view().seconds_left

    @property
    def queue_position(self) -> int | None:
        return self.view().queue_position

    @property
    def version(self) -> int:
        return self._version

    @property
    def nbytes(self) -> int:
        """Bytes of what was measured."""
        return self._nbytes

    # ---- written by the trainer alone

    def wait_in_queue(self, position: int, message: str) -> None:
        with self._changing():
            self._queue_position, self._message = position, message

    def leave_queue(self) -> None:
        with self._changing():
            self._state, self._queue_position, self._message = "training", None, ""

    def begin(self, context: RunContext) -> None:
        with self._changing():
            self._context = context

    def add(self, snapshot: Snapshot) -> None:
        with self._changing():
            self._snapshots.append(snapshot)
            self._nbytes += sum(array.nbytes for array in _arrays(snapshot))
            self._pace.note(snapshot.epoch)

    def end(self, state: str, message: str = "", kernels: Sequence[Array] = ()) -> None:
        with self._changing():
            self._state, self._queue_position, self._message = state, None, message
            self._kernels = tuple(kernels)
            self._nbytes += sum(kernel.nbytes for kernel in kernels)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        with self._changed:
            yield
            self._version += 1
            self._changed.notify_all()

    def _whole(self, context: RunContext) -> Trajectory:
        """All of an ended run, stacked once; its snapshots become views of the stack."""
        if self._trajectory is None:
            trajectory = Trajectory.of(context, self._snapshots, self._kernels)
            snapshots = trajectory.snapshots()
            with self._changed:
                self._trajectory, self._snapshots = trajectory, snapshots
        return self._trajectory


class _Pace:
    """Seconds an epoch, the first recorded stretch aside: it may hold the tracing."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._marks: list[tuple[int, float]] = []  # epoch and time of the first two and the last

    def note(self, epoch: int) -> None:
        del self._marks[2:]
        self._marks.append((epoch, time.monotonic()))

    def seconds_left(self) -> float | None:
        if len(self._marks) < 2:
            return None
        (before, started), (epoch, ended) = self._marks[-2:]
        pace = (ended - started) / (epoch - before)
        return max(0.0, pace * (self._epochs - epoch) - (time.monotonic() - ended))


def _arrays(snapshot: Snapshot) -> list[Array]:
    values = (getattr(snapshot, name) for name in MEASURED)
    return [value for value in values if value is not None]
