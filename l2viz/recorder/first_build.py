"""A model that would be built within its first training step: built before it, with its weights.

On TensorFlow Keras builds a `Sequential` without `Input`, or a subclassed model, while it traces
the step; on its other backends it does so before training begins, as is done here.
"""

from __future__ import annotations

import contextlib
from types import FrameType
from typing import Any

import keras


def built_for_training(model: Any, frame: FrameType | None) -> bool:
    """Build a model from the shapes of the data, if it is not built; return whether it is.

    frame   within `fit`, where the data are: a callback is not told of them
    """
    if _built(model):
        return True
    while frame is not None and "epoch_iterator" not in frame.f_locals:
        frame = frame.f_back
    data = None if frame is None else frame.f_locals["epoch_iterator"]
    spec = getattr(getattr(data, "_distributed_dataset", None), "element_spec", None)
    # The model's code is anyone's, and may need real data: then its first step builds it. None is
    # taken here, as a generator would not give it again.
    with contextlib.suppress(Exception):
        model._symbolic_build(data_batch=keras.tree.map_structure(_symbolic, spec))
    return _built(model)


def _built(model: Any) -> bool:
    return all(layer.built for layer in model._flatten_layers())


def _symbolic(spec: Any) -> Any:
    return keras.KerasTensor(tuple(spec.shape), dtype=keras.backend.standardize_dtype(spec.dtype))
