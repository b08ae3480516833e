"""The one trainer of this server, shared by all its pages and routes."""

from __future__ import annotations

import functools
import logging
import zipfile
import zlib

from l2viz.lesson import FILES
from l2viz.trainer import Trainer
from l2viz.trajectory import Trajectory
from l2viz.ui.server.presence import is_present

RECORDINGS = FILES / "recordings"
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


@functools.cache
def trainer() -> Trainer:
    """Made at the first call, with the recorded runs; `Trainer.start` is safe to repeat."""
    return Trainer(recordings=recordings(), is_present=is_present)


def recordings() -> list[Trajectory]:
    """The recorded runs. One that cannot be read is left out, and said in the log."""
    found = []
    for path in sorted(RECORDINGS.glob("*.npz")):
        try:
            found.append(Trajectory.load(path))
        except _UNREADABLE as problem:
            logging.getLogger(__name__).warning("%s was not read: %s", path.name, problem)
    return found
