"""Experiment -> code without l2viz: a plain Keras script, a notebook, a diff."""

from l2viz.codegen.diff import keras_diff
from l2viz.codegen.notebook import keras_notebook
from l2viz.codegen.script import keras_script

__all__ = ["keras_diff", "keras_notebook", "keras_script"]
