"""The trainer of this server: the app's lifespan makes it available to pages and routes."""

from __future__ import annotations

from pathlib import Path

from l2viz.experiment import Experiment
from l2viz.lesson import FILES, LessonError
from l2viz.lesson.presets import presets
from l2viz.lesson.recorded import recorded_experiments
from l2viz.trainer import Trainer
from l2viz.trajectory import Trajectory
from l2viz.trajectory.recording import load_recording

RECORDINGS = FILES / "recordings"
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
    """Load the recorded presets. A file that cannot be read is skipped, and the log says so."""
    loaded = [load_recording(folder / f"{key}.npz") for key in sorted(_keys_of_presets())]
    return [trajectory for trajectory in loaded if trajectory is not None]


def recording_files(folder: Path = RECORDINGS) -> dict[Experiment, Path]:
    """Return the files of the recorded scenes, which are read when a scene is opened."""
    try:
        recorded = recorded_experiments()
    except LessonError:  # the page says why
        return {}
    others = recorded.keys() - _keys_of_presets()
    return {recorded[key]: folder / f"{key}.npz" for key in others}


def _keys_of_presets() -> set[str]:
    try:
        return {preset.key for preset in presets()}
    except LessonError:
        return set()
