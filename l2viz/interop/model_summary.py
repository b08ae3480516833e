"""Anyone's Keras model -> what is regularized in it, how strongly, and what that costs now.

`model.summary()` shows no regularizer. This one does, variable by variable.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from l2viz.interop.summary_table import ModelSummary, SummaryRow, written
from l2viz.validation import InvalidValue, number

LAYER_LOSSES = "(losses of the batch)"  # stands for a variable where a penalty belongs to none


def summary(model: Any, *, data_loss: float | None = None, inputs: Any = None) -> ModelSummary:
    """What is regularized in a Keras model or layer, and what it costs now.

    model       built: Sequential, functional, subclassed, nested. A layer or variable that is
                shared counts once, and a frozen one not, as in Keras (layers/layer.py)
    data_loss   the loss without penalty, if the shares of the total loss are wanted
    inputs      a batch, on which the model is called (not in training) to add what depends on
                one: activity regularizers and `add_loss`. Without it they are named, not summed

    Raises InvalidValue, a ValueError, for what is no Keras model, or has no weights yet.
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
    """(path, layer) of the model and every layer in it, each once, in the model's order."""
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
    # A model has `layers` for this; a layer that holds layers has nothing public.
    children: list[Any] = layer._flatten_layers(include_self=False, recursive=False)
    return children


def _rows(
    path: str, layer: Any, trainable: set[int], seen: set[int], *, has_batch: bool
) -> Iterator[SummaryRow]:
    """One row for each variable of its own, one for its losses on a batch, or one of neither."""
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
    """The activity regularizer and what `add_loss` was given; None for a layer with neither."""
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
    """A regularizer as one would write it: "L2(l2=0.01)", or the name of a function."""
    if not hasattr(regularizer, "get_config"):
        return str(getattr(regularizer, "__name__", type(regularizer).__name__))
    return written(type(regularizer).__name__, _config(regularizer))


def _config(regularizer: Any) -> Mapping[str, Any]:
    try:
        config: Mapping[str, Any] = regularizer.get_config()
    except NotImplementedError:  # as Keras's base class does: nothing is known of its settings
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
    """The number as it was typed: Keras's L1 keeps 0.01 in float32, 0.009999999776."""
    with np.errstate(over="ignore"):  # beyond float32 it is not equal, and stays as it is
        single = np.float32(value)
    return float(str(single)) if float(single) == value else float(value)


def _sum(losses: list[Any]) -> float:
    """Σ of all numbers in the losses, as Keras's `compute_loss` adds them."""
    import keras

    return sum(float(keras.ops.convert_to_numpy(loss).sum()) for loss in losses)


def _output_shape(layer: Any) -> str:
    """As Keras's own summary finds it: from the graph, else from the shapes it was built with."""
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
        return "?"  # a layer need not be able to say
    return str(shape)
