"""Experiment -> what its reader would type: a plain Keras script, a notebook, a diff."""

from l2viz.keras_code.diff import keras_diff
from l2viz.keras_code.notebook import keras_notebook
from l2viz.keras_code.script import keras_script

__all__ = ["keras_diff", "keras_notebook", "keras_script"]
