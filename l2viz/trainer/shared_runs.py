"""SharedRuns: a folder in which several servers keep their runs for one another.

Each server writes its own runs there, a few snapshots at a time, and reads those of the others, so
that any of them can answer about any run. Of each run there are

    ID.json              experiment, status, message, number of snapshots, time of this writing
    ID.000000.npz, ...   saved trajectories; the number is that of the first snapshot

Nothing is changed once it is there but the `.json`, and that is replaced as a whole.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from l2viz.experiment import Experiment
from l2viz.trainer import sentences
from l2viz.trainer.run import ENDED, Run, RunState, experiment_key
from l2viz.trajectory import Trajectory
from l2viz.writing import replacing

BYTE_LIMIT = 2 * 2**30  # of the folder; the runs that ended first are deleted
LONGEST_SILENCE = 10.0  # seconds without news of a run that has not ended: its server is gone
_PAUSE = 0.25  # seconds between two writings of a run that trains
_HEARTBEAT = 1.0  # seconds between two when nothing is new
_KEPT_BYTES = 96 * 2**20  # of other servers' runs; larger ones are read whenever they are wanted
_ID = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}-[0-9]{1,9}")

logger = logging.getLogger("l2viz.trainer")


class SharedRuns:
    """The runs in a folder. All methods may be called from any thread.

    folder       of all servers; each must have the same clock, to some seconds
    byte_limit   see BYTE_LIMIT
    """

    def __init__(self, folder: Path, *, byte_limit: int = BYTE_LIMIT) -> None:
        self._folder = folder
        self._byte_limit = byte_limit
        self._own: list[_Writing] = []
        self._closing = threading.Event()
        self._writer = threading.Thread(target=self._write, name="l2viz shared runs", daemon=True)
        self._reading = threading.Lock()
        self._others: LRUCache[str, Run] = LRUCache(
            _KEPT_BYTES, getsizeof=lambda run: run.state.nbytes
        )

    def publish(self, run: Run) -> None:
        """Write a run of this server, from now on until it has ended."""
        self._own.append(_Writing(self._folder, run))
        if not (self._writer.ident or self._closing.is_set()):
            self._writer.start()

    def close(self) -> None:
        """Write what the runs have become, and stop writing."""
        self._closing.set()
        if self._writer.ident:
            self._writer.join()

    def get(self, run_id: str) -> Run | None:
        """Return the run of another server, as far as it is written; None if there is none."""
        if not _ID.fullmatch(run_id):
            return None
        with self._reading:
            known = self._others.get(run_id)
            if known is not None and known.state.ended:
                return known
            status = self._status(run_id)
            if status is None:
                return known
            try:
                run = known or Run(
                    run_id, Experiment.from_json(status["experiment"]), _generation(run_id)
                )
                self._catch_up(run, status)
            except (OSError, ValueError, KeyError, TypeError) as problem:
                logger.warning("The shared run %s could not be read: %s", run_id, problem)
                return known
            with contextlib.suppress(ValueError):  # it is larger than all may be together
                self._others[run_id] = run
            return run

    def finished(self, experiment: Experiment) -> Run | None:
        """Return a finished run of an experiment, the newest one that there is."""
        named = sorted(
            self._folder.glob(f"{experiment_key(experiment)}-*.json"),
            key=_modified,
            reverse=True,
        )
        for path in named:
            status = self._status(path.stem)
            if status and status.get("status") == "finished":
                run = self.get(path.stem)
                if run and run.state.status == "finished" and run.experiment == experiment:
                    return run
        return None

    def _status(self, run_id: str) -> dict[str, Any] | None:
        try:
            status = json.loads((self._folder / f"{run_id}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return status if isinstance(status, dict) else None

    def _catch_up(self, run: Run, status: Mapping[str, Any]) -> None:
        """Read what was written since; end the run if it has ended, or its server has."""
        kernels: tuple[Any, ...] = ()
        count = int(status["snapshots"])
        while (have := len(run.state.snapshots)) < count:
            part = Trajectory.load(_part(self._folder, run.id, have))
            if run.state.context is None:
                run.leave_queue()
                run.begin(part.context)
            for snapshot in part.snapshots():
                run.add(snapshot)
            kernels = part.kernels
        state, message = str(status["status"]), str(status["message"])
        if state in ENDED:
            run.end(state, message, kernels)
        elif time.time() - float(status["time"]) > LONGEST_SILENCE:
            run.end("failed", sentences.SERVER_GONE)
        elif status["position"] is not None:
            run.wait_in_queue(int(status["position"]), message)

    # ---- the writer's thread

    def _write(self) -> None:
        while not self._closing.wait(_PAUSE):
            self._write_all()
        self._write_all()

    def _write_all(self) -> None:
        for writing in list(self._own):
            try:
                writing.write()
            except OSError as problem:
                logger.warning("A run could not be shared: %s", problem)
                writing.ended = True  # others cannot read it; here it goes on
            if writing.ended:
                self._own.remove(writing)
                self._keep_within_limit()

    def _keep_within_limit(self) -> None:
        """Delete the oldest runs beyond the limit of bytes."""
        runs: dict[str, list[Path]] = {}
        for path in sorted(self._folder.glob("[0-9a-f]*-*.*"), key=_modified, reverse=True):
            runs.setdefault(path.name.partition(".")[0], []).append(path)
        size = 0
        for files in runs.values():  # the newest first
            size += sum(_size(path) for path in files)
            if size > self._byte_limit:
                for path in files:
                    path.unlink(missing_ok=True)


class _Writing:
    """One run of this server, and how much of it is written."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder = folder
        self._run = run
        self._count = 0
        self._told: tuple[object, ...] = ()
        self._told_at = 0.0
        self.ended = False

    def write(self) -> None:
        """Write what is new; raise OSError."""
        state = self._run.state
        self._write_snapshots(state)
        told = (state.status, state.message, state.queue_position, self._count)
        now = time.monotonic()
        if told != self._told or now - self._told_at >= _HEARTBEAT:
            self._write_status(state)
            self._told, self._told_at = told, now
        self.ended = state.ended

    def _write_snapshots(self, state: RunState) -> None:
        new = state.snapshots[self._count :]
        if new and not state.ended and new[-1].epoch == self._run.experiment.epochs:
            new = new[:-1]  # it is written with the kernels, when the run has ended
        if new and state.context is not None:
            part = Trajectory.of(state.context, new, state.kernels)
            part.save(_part(self._folder, self._run.id, self._count))
            self._count += len(new)

    def _write_status(self, state: RunState) -> None:
        path = self._folder / f"{self._run.id}.json"
        status = {
            "experiment": self._run.experiment.as_json(),
            "status": state.status,
            "message": state.message,
            "position": state.queue_position,
            "snapshots": self._count,
            "time": time.time(),
        }
        with replacing(path) as stream:
            stream.write(json.dumps(status).encode())


def _part(folder: Path, run_id: str, first: int) -> Path:
    return folder / f"{run_id}.{first:06d}.npz"


def _generation(run_id: str) -> int:
    return int(run_id.rpartition("-")[2])


def _modified(path: Path) -> float:
    with contextlib.suppress(OSError):  # another server has just deleted it
        return path.stat().st_mtime
    return 0.0


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
