"""Any Keras model -> its regularizers, their strengths and current penalties, by variable.

Keras's own `model.summary()` does not show regularizers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from l2viz.interop.summary_table import ModelSummary, SummaryRow, written
from l2viz.validation import InvalidValue, number

LAYER_LOSSES = "(losses of the batch)"  # in place of a variable's name


def summary(model: Any, *, data_loss: float | None = None, inputs: Any = None) -> ModelSummary:
    """List the regularizers of a Keras model or layer, with their current penalties.

    As in Keras (layers/layer.py), a shared layer or variable counts once, and a frozen one not.

    Parameters
    ----------
    model : keras.Layer
        Built: Sequential, functional, subclassed or nested.
    data_loss
        The loss without penalty, to get shares of the total loss.
    inputs
        A batch on which the model is called, with ``training=False``, to include the penalties
        that depend on one: activity regularizers and `add_loss`. Without it they are listed, but
        not in the sum.

    Returns
    -------
    ModelSummary

    Raises
    ------
    InvalidValue
        A ValueError, if the model is not a Keras layer, or not built.
    """
    import keras

    if not isinstance(model, keras.Layer):
        raise InvalidValue("model", "be a Keras model or layer", model)
    if not model.built:
        raise InvalidValue("model", "have its weights: call it on a batch first", model)
    if data_loss is not None:
        data_loss = number("data_loss", data_loss, -1e300, 1e300)
    if inputs is not None:
        model(inputs, training=False)
    trainable = {id(variable) for variable in model.trainable_weights}
    rows: list[SummaryRow] = []
    seen: set[int] = set()
    for path, layer in _walk(model):
        rows += _rows(path, layer, trainable, seen, has_batch=inputs is not None)
    return ModelSummary(name=model.name, rows=tuple(rows), data_loss=data_loss)


def _walk(model: Any) -> Iterator[tuple[str, Any]]:
    """Return path and layer of the model and all layers in it, each once, in the model's order."""
    seen: set[int] = set()

    def walk(layer: Any, path: str) -> Iterator[tuple[str, Any]]:
        if id(layer) in seen:
            return
        seen.add(id(layer))
        yield path or layer.name, layer
        for child in _children(layer):
            yield from walk(child, f"{path}/{child.name}" if path else child.name)

    return walk(model, "")


def _children(layer: Any) -> list[Any]:
    # Models have `layers`, but for a layer that contains layers Keras has no public attribute.
    children: list[Any] = layer._flatten_layers(include_self=False, recursive=False)
    return children


def _rows(
    path: str, layer: Any, trainable: set[int], seen: set[int], *, has_batch: bool
) -> Iterator[SummaryRow]:
    """Yield a row for each variable of the layer and one for its losses; one if it has neither."""
    children = _children(layer)
    of_children = {id(variable) for child in children for variable in child.weights}
    own = [v for v in layer.weights if id(v) not in of_children and id(v) not in seen]
    seen.update(id(variable) for variable in own)
    about: dict[str, Any] = {
        "layer": path,
        "kind": type(layer).__name__,
        "output_shape": _output_shape(layer),
        "strengths": {},
    }
    for variable in own:
        yield _variable_row(layer, variable, id(variable) in trainable, about)
    batch = _batch_row(layer, about, has_batch=has_batch)
    if batch is not None:
        yield batch
    elif not own and not children and about["kind"] != "InputLayer":
        yield SummaryRow(**about)


def _variable_row(
    layer: Any, variable: Any, trainable: bool, about: Mapping[str, Any]
) -> SummaryRow:
    regularizer = variable.regularizer
    described: dict[str, Any] = {}
    shown = getattr(layer, f"{variable.name}_regularizer", None)
    if shown is not None and shown is not regularizer:
        described["without_effect"] = describe(shown)
    if regularizer is not None:
        described |= {
            "regularizer": describe(regularizer),
            "strengths": _strengths(regularizer),
            "penalty": _sum([regularizer(variable)]) if trainable else 0.0,
        }
    return SummaryRow(
        **dict(about)
        | {
            "variable": variable.name,
            "shape": tuple(variable.shape),
            "parameters": math.prod(variable.shape),
            "trainable": trainable,
        }
        | described
    )


def _batch_row(layer: Any, about: Mapping[str, Any], *, has_batch: bool) -> SummaryRow | None:
    """Return the row of activity regularizer and `add_loss`; None for a layer with neither."""
    regularizer = layer.activity_regularizer
    losses = layer._get_own_losses() if has_batch else []
    if regularizer is None and not losses:
        return None
    described = {
        "variable": LAYER_LOSSES,
        "regularizer": "add_loss" if regularizer is None else f"activity {describe(regularizer)}",
        "strengths": {} if regularizer is None else _strengths(regularizer),
        "penalty": _sum(losses) if has_batch else None,
    }
    return SummaryRow(**dict(about) | described)


def describe(regularizer: Any) -> str:
    """Return a regularizer as source code, "L2(l2=0.01)", or the name of a function."""
    if not hasattr(regularizer, "get_config"):
        return str(getattr(regularizer, "__name__", type(regularizer).__name__))
    return written(type(regularizer).__name__, _config(regularizer))


def _config(regularizer: Any) -> Mapping[str, Any]:
    try:
        config: Mapping[str, Any] = regularizer.get_config()
    except NotImplementedError:  # by Keras's base class: its settings are unknown
        return {}
    return config


def _strengths(regularizer: Any) -> Mapping[str, float]:
    if not hasattr(regularizer, "get_config"):
        return {}
    return {
        name: _as_written(value)
        for name, value in _config(regularizer).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _as_written(value: float) -> float:
    """Undo the rounding to float32: Keras's L1 stores 0.01 as 0.009999999776."""
    with np.errstate(over="ignore"):  # too large for float32: returned unchanged
        single = np.float32(value)
    return float(str(single)) if float(single) == value else float(value)


def _sum(losses: list[Any]) -> float:
    """Sum all elements of the losses, as Keras's `compute_loss` does."""
    import keras

    return sum(float(keras.ops.convert_to_numpy(loss).sum()) for loss in losses)


def _output_shape(layer: Any) -> str:
    """Return the output shape as in Keras's summary: from the graph, else from the build shapes."""
    import keras

    if not layer.built:
        return "not built"
    nodes = layer._inbound_nodes
    if nodes:
        outputs = nodes[0].output_tensors
        return ", ".join(str(tuple(tensor.shape)) for tensor in keras.tree.flatten(outputs))
    if not layer._build_shapes_dict:
        return "?"
    try:
        shape = layer.compute_output_shape(**layer._build_shapes_dict)
    except (NotImplementedError, RuntimeError, TypeError, ValueError):
        return "?"  # layers need not implement it
    return str(shape)
