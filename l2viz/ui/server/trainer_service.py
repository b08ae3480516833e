"""The trainer of this server: the app's lifespan shares it with pages and routes."""

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
    """Give a trainer to all pages and routes, instead of the one before.

    Streamlit runs the page's script in threads that know nothing of the app, so neither `st.App`'s
    state nor a context variable reaches it: this module is where both sides look.
    """
    _shared[:] = [trainer]


def shared_trainer() -> Trainer:
    """Return the trainer of pages and routes. Raises LookupError before the app's lifespan."""
    if not _shared:
        raise LookupError("no trainer was shared: start the page by `streamlit run app.py`")
    return _shared[0]


def recordings(folder: Path = RECORDINGS) -> list[Trajectory]:
    """Return the recorded runs. One that cannot be read is left out, and the log says so."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        try:
            found.append(Trajectory.load(path))
        except _UNREADABLE as problem:
            logging.getLogger(__name__).warning("%s was not read: %s", path.name, problem)
    return found
