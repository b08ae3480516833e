"""TrainerStatus: what trains, what waits and how large the processes are, without any viewer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class RunLine:
    """A run that has not ended.

    run            its id
    dataset        of its experiment
    members        networks that train together
    epoch          the last recorded one, or None before the first
    epochs         of the whole run
    seconds_left   estimated, with those before it in the queue
    viewers        who asked for it and have not withdrawn
    """

    run: str
    dataset: str
    members: int
    epoch: int | None
    epochs: int
    seconds_left: float
    viewers: int


@dataclass(frozen=True, kw_only=True)
class WorkerLine:
    """A training process.

    pid     its id
    state   "starting", "idle" or "training"
    bytes   resident memory, or None where it is not known
    """

    pid: int
    state: str
    bytes: int | None


@dataclass(frozen=True, kw_only=True)
class TrainerStatus:
    """A trainer at one moment.

    training              the oldest first
    waiting               in the order of the queue
    workers               the training processes; none while they rest
    bytes                 resident memory of the page's own process
    kept_runs             runs that can be shown, ended or not
    unavailable_because   a sentence, while no process can train; otherwise empty
    """

    training: tuple[RunLine, ...]
    waiting: tuple[RunLine, ...]
    workers: tuple[WorkerLine, ...]
    bytes: int | None
    kept_runs: int
    unavailable_because: str


def resident_bytes(pid: int) -> int | None:
    """Return the resident memory of a process, from /proc; None where there is none."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
