"""The trainer of this server: the app's lifespan makes it available to pages and routes."""

from __future__ import annotations

import logging
import zipfile
import zlib
from pathlib import Path

from l2viz.lesson import FILES
from l2viz.trainer import Trainer
from l2viz.trajectory import Trajectory

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
_shared: list[Trainer] = []  # at most one


def share(trainer: Trainer) -> None:
    """Set the trainer of all pages and routes.

    Streamlit runs the page's script in threads without access to the app, so neither `st.App`'s
    state nor a context variable reaches it: a variable of this module does.
    """
    _shared[:] = [trainer]


def shared_trainer() -> Trainer:
    """Return the trainer of pages and routes. Raises LookupError if `share` was not called."""
    if not _shared:
        raise LookupError("no trainer was shared: start the page with `streamlit run app.py`")
    return _shared[0]


def recordings(folder: Path = RECORDINGS) -> list[Trajectory]:
    """Load the recorded runs. A file that cannot be read is skipped, with a warning in the log."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        try:
            found.append(Trajectory.load(path))
        except _UNREADABLE as problem:
            logging.getLogger(__name__).warning("%s was not read: %s", path.name, problem)
    return found
