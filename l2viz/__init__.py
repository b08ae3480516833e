"""See what L2 regularization does to a network, at all strengths, trained at once.

Each folder imports only from folders before it:

    validation -> experiment -> data, trajectory -> path -> engine, analysis -> charts -> pictures,
    stage -> export, lesson -> codegen, interop; engine, analysis -> studies, trainer -> ui -> app

An Experiment (frozen, validated) is trained for all its strengths together by `engine`, which
yields a Snapshot per recorded epoch; a Trajectory stacks them, and needs only numpy. `charts`
defines each chart once, as a figure template and bindings to the trajectory's arrays. Python
resolves the bindings for figures, `stage` does so in the browser. A path is cut into shards, and
`trainer` trains them in processes of its own, so that every core works and the page's process does
not load TensorFlow. `ui` is the page.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from l2viz.codegen import keras_diff, keras_notebook, keras_script
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from l2viz.interop.conventions import translate, translate_back
from l2viz.interop.model_summary import summary
from l2viz.interop.regularize import Regularized, regularize
from l2viz.interop.summary_table import ModelSummary
from l2viz.path.divergence import Diverged
from l2viz.trainer.library import run
from l2viz.trajectory import RecordedModel, Snapshot, Trajectory
from l2viz.trajectory.merging import merge
from l2viz.validation import ExperimentError, InvalidValue

if TYPE_CHECKING:
    from l2viz.engine.training import train
    from l2viz.export import lab
    from l2viz.pictures import save_figures, save_film, save_strip
    from l2viz.recorder.recorder import Recorder
    from l2viz.sweeps.stackable import stackable
    from l2viz.sweeps.sweep import sweep

__all__ = [
    "Diverged",
    "Experiment",
    "ExperimentError",
    "InvalidValue",
    "ModelSummary",
    "RecordedModel",
    "Recorder",
    "Regularized",
    "Snapshot",
    "Trajectory",
    "keras_diff",
    "keras_notebook",
    "keras_script",
    "lab",
    "merge",
    "open",
    "regularize",
    "run",
    "save_figures",
    "save_film",
    "save_strip",
    "stackable",
    "strength_grid",
    "summary",
    "sweep",
    "train",
    "translate",
    "translate_back",
]

__version__ = "0.1.0"

_IMPORTED_LATER = {
    "train": "l2viz.engine.training",
    "Recorder": "l2viz.recorder.recorder",
    "stackable": "l2viz.sweeps.stackable",
    "sweep": "l2viz.sweeps.sweep",
    "lab": "l2viz.export",
    "save_figures": "l2viz.pictures",
    "save_film": "l2viz.pictures",
    "save_strip": "l2viz.pictures",
}

open = Trajectory.load  # noqa: A001 - l2viz.open


def __dir__() -> list[str]:
    """List every public name, including those that are not imported yet."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Import Keras and TensorFlow, or Plotly, only for the names that need them."""
    if name in _IMPORTED_LATER:
        return getattr(importlib.import_module(_IMPORTED_LATER[name]), name)
    raise AttributeError(f"module 'l2viz' has no attribute {name!r}")
