"""Fakes of training processes, which say what a test has them say, at once and on its thread."""

from __future__ import annotations

from collections.abc import Callable

from l2viz.path import RowArrays, Shard
from l2viz.path.joining import ANGLES
from l2viz.trajectory import MEASURED, Snapshot

KILLED = "it was ended by SIGKILL"


class FakeProcess:
    """What the supervisor uses of a WorkerProcess, without a process."""

    def __init__(self, on_message: Callable[..., None], on_end: Callable[..., None]) -> None:
        self.ready = self.warmed = False
        self.silent = 0
        self.sent: list[object] = []
        self.calls: list[str] = []
        self._on_message, self._on_end = on_message, on_end

    def says(self, *messages: object) -> None:
        for message in messages:
            self._on_message(self, message)

    def dies(self, reason: str = KILLED) -> None:
        self._on_end(self, reason)

    def send(self, message: object) -> None:
        self.sent.append(message)

    def kill(self) -> None:
        self.calls.append("kill")

    def let_go(self) -> None:
        self.calls.append("let_go")

    def end(self, seconds: float) -> None:
        self.calls.append("end")


class Processes:
    """Starts fakes; `fail_with` is raised instead, as long as it is set."""

    def __init__(self) -> None:
        self.started: list[FakeProcess] = []
        self.attempts = 0
        self.fail_with: OSError | None = None

    def start(self, on_message: Callable[..., None], on_end: Callable[..., None]) -> FakeProcess:
        self.attempts += 1
        if self.fail_with is not None:
            raise self.fail_with
        self.started.append(FakeProcess(on_message, on_end))
        return self.started[-1]

    @property
    def latest(self) -> FakeProcess:
        return self.started[-1]


def measured(snapshot: Snapshot, shard: Shard) -> RowArrays:
    """Return what a shard measured of a snapshot of one penalty and one repeat."""
    arrays = {
        ANGLES + "squares" if name == "gradient_angle" else name: array[shard.rows]
        for name in MEASURED
        if (array := getattr(snapshot, name)) is not None
    }
    return RowArrays(rows=shard.rows, arrays=arrays)
