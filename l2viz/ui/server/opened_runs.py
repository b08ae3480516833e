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

import anyio.to_thread
from starlette.exceptions import HTTPException

from l2viz.trainer import Run, RunState, Trainer
from l2viz.trainer.run import Pace
from l2viz.trainer.settings import OPEN
from l2viz.trajectory import Trajectory, file_format
from l2viz.trajectory.merging import as_path
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


AnyRun = Run | OpenedRun
_runs: weakref.WeakValueDictionary[str, OpenedRun] = weakref.WeakValueDictionary()
_lock = threading.Lock()


def find(run_id: str) -> OpenedRun | None:
    """Return the run with this id, while somebody holds it."""
    return _runs.get(run_id)


async def requested(trainer: Trainer, run_id: str) -> AnyRun:
    """Return the run of a route, wherever it is. Raises HTTPException if there is none."""
    run = trainer.get(run_id) or find(run_id)
    run = run or await anyio.to_thread.run_sync(trainer.get_elsewhere, run_id)
    if run is None:
        raise HTTPException(404, "There is no run with this id, or it was deleted.")
    return run


def open_run(files: Mapping[str, IO[bytes]]) -> OpenedRun:
    """Open one run, or the path of several at different strengths, from files by their names.

    Raises ValueError, whose message says what is wrong with which file, or that there is no room.
    """
    claimed = sum(file_format.unpacked_bytes(content) for content in files.values())
    if claimed > LARGEST_RUN:
        raise InvalidValue("the run", f"take at most {LARGEST_RUN >> 20} MB", f"{claimed >> 20} MB")
    run = OpenedRun(as_path([Trajectory.load(name, content) for name, content in files.items()]))
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
