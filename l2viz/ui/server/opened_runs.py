"""Runs that were opened from files: each is known by an id that nobody can guess."""

from __future__ import annotations

import functools
import io
import os
import secrets
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from l2viz.trainer import RunState
from l2viz.trainer.run import Pace
from l2viz.trainer.settings import OPEN
from l2viz.trajectory import Trajectory, file_format
from l2viz.trajectory.merging import merge
from l2viz.validation import InvalidValue

LARGEST_RUN = 200 * 2**20  # bytes in memory, of all files of a run together
LARGEST_TOTAL = 2**30  # of all viewers' runs


class OpenedRun:
    """A finished run that was read from files; it goes when nobody holds it any more.

    id           in the address of its route
    trajectory   what the files hold, as of a trainer's run
    trained      the model, or the experiment
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self.id = f"opened-{secrets.token_urlsafe(16)}"
        self._trajectory = trajectory
        self.trained = trajectory.trained
        self.state = RunState(
            pace=Pace(int(trajectory.epochs[-1])),
            status="finished",
            context=trajectory.context,
            kernels=trajectory.kernels,
            snapshots=tuple(trajectory.snapshots()),
            nbytes=sum(array.nbytes for array in trajectory.arrays().values()),
        )

    def trajectory(self, from_index: int = 0) -> Trajectory:
        """Return the snapshots from `from_index` on."""
        return self._trajectory.after(from_index) if from_index > 0 else self._trajectory


_runs: weakref.WeakValueDictionary[str, OpenedRun] = weakref.WeakValueDictionary()
_lock = threading.Lock()


def find(run_id: str) -> OpenedRun | None:
    """Return the run with this id, while somebody holds it."""
    return _runs.get(run_id)


def open_run(files: Mapping[str, IO[bytes]]) -> OpenedRun:
    """Open one run, or the path of several at different strengths, from files by their names.

    Raises ValueError, whose message says what is wrong with which file, or that there is no room.
    """
    claimed = sum(file_format.unpacked_bytes(content) for content in files.values())
    if claimed > LARGEST_RUN:
        raise InvalidValue("the run", f"take at most {LARGEST_RUN >> 20} MB", f"{claimed >> 20} MB")
    loaded = [Trajectory.load(name, content) for name, content in files.items()]
    run = OpenedRun(loaded[0] if len(loaded) == 1 else merge(loaded))
    with _lock:
        held = sum(each.state.nbytes for each in _runs.values())
        if held + run.state.nbytes > LARGEST_TOTAL:
            raise InvalidValue(
                "the run", "wait: other viewers have opened all that has room", run.id
            )
        _runs[run.id] = run
    return run


@functools.cache
def of_the_start() -> OpenedRun | None:
    """Return the run of the files that the server was started with, if any. Raises ValueError."""
    names = [name for name in os.environ.get(OPEN, "").split(os.pathsep) if name]
    if not names:
        return None
    return open_run({name: io.BytesIO(Path(name).read_bytes()) for name in names})
