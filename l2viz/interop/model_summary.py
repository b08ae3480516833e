"""Any Keras model -> its regularizers, their strengths and current penalties, by variable.

Keras's own `model.summary()` does not show regularizers.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

from l2viz.interop.batch_losses import adds_losses, losses_on
from l2viz.interop.model_layers import Part, checked_model, children_of, parts_of
from l2viz.interop.optimizer_decay import decay_of, optimizer_of
from l2viz.interop.regularizers import as_written, describe, reason, strengths_of, total
from l2viz.interop.settings_without_effect import remarks_on
from l2viz.interop.summary_table import ModelSummary, OptimizerDecay, SummaryRow
from l2viz.validation import number

LAYER_LOSSES = "(losses of the batch)"  # in place of a variable's name


def summary(model: Any, *, data_loss: float | None = None, inputs: Any = None) -> ModelSummary:
    """List the regularizers of a Keras model or layer, with their current penalties.

    As in Keras (layers/layer.py), a shared layer or variable counts once, and a frozen one not.
    The weight decay of a compiled model's optimizer is listed beside them: it is in no loss. The
    model stays as it is.

    Parameters
    ----------
    model : keras.Layer
        Built: Sequential, functional, subclassed or nested.
    data_loss
        The loss without penalty, to get shares of the total loss.
    inputs
        A batch on which the model is called, with ``training=False``, to include the penalties
        that depend on one: activity regularizers and `add_loss`. Without it they are listed, but
        not in the sum. Where `call` requires several arguments: a tuple of them, or a dict by
        name.

    Returns
    -------
    ModelSummary
        A regularizer that fails has a row that says why, and is not in the sum.

    Raises
    ------
    InvalidValue
        A ValueError, if the model is not a Keras layer, or not built, or fails on the inputs.
    """
    checked_model(model)
    if data_loss is not None:
        data_loss = number("data_loss", data_loss, -1e300, 1e300)
    of_batch = None if inputs is None else losses_on(model, inputs)
    trainable = {id(variable) for variable in model.trainable_weights}
    optimizer = optimizer_of(model)
    rows: list[SummaryRow] = []
    remarks: list[str] = []
    for place, part in enumerate(parts_of(model)):
        made = [_variable_row(part, v, id(v) in trainable, optimizer) for v in part.variables]
        made += _row_without_variable(part, of_batch)
        rows += [dataclasses.replace(row, place=place) for row in made]
        remarks += remarks_on(part)
    return ModelSummary(
        name=model.name,
        rows=tuple(rows),
        data_loss=data_loss,
        remarks=tuple(remarks),
        decay=_decay(optimizer, rows),
    )


def _about(part: Part) -> dict[str, Any]:
    return {
        "layer": part.path,
        "kind": type(part.layer).__name__,
        "output_shape": _output_shape(part.layer),
        "strengths": {},
    }


def _variable_row(part: Part, variable: Any, trainable: bool, optimizer: Any) -> SummaryRow:
    row = SummaryRow(
        **_about(part),
        variable=variable.name,
        shape=tuple(variable.shape),
        parameters=math.prod(variable.shape),
        trainable=trainable,
        decay=decay_of(optimizer, variable) if trainable else 0.0,
    )
    regularizer = variable.regularizer
    if regularizer is None:
        return row
    row = dataclasses.replace(
        row, regularizer=describe(regularizer), strengths=strengths_of(regularizer)
    )
    if not trainable:
        return row
    try:
        return dataclasses.replace(row, penalty=total([regularizer(variable)]))
    except Exception as problem:  # noqa: BLE001 - a regularizer may be anyone's, and raise anything
        return dataclasses.replace(row, penalty=None, problem=reason(problem))


def _row_without_variable(part: Part, of_batch: Mapping[int, float] | None) -> Iterator[SummaryRow]:
    """Yield the row of a layer's losses, or of a layer that has nothing else to show."""
    layer = part.layer
    regularizer, adds = layer.activity_regularizer, adds_losses(layer)
    found = None if of_batch is None else of_batch.get(id(layer), 0.0)
    if regularizer is not None or adds or found:
        activity = [] if regularizer is None else [f"activity {describe(regularizer)}"]
        yield SummaryRow(
            **_about(part)
            | {"strengths": {} if regularizer is None else strengths_of(regularizer)},
            variable=LAYER_LOSSES,
            regularizer=" + ".join(activity + ["add_loss"] * (adds or not activity)),
            penalty=found,
        )
    elif not part.variables and not children_of(layer) and type(layer).__name__ != "InputLayer":
        yield SummaryRow(**_about(part))


def _decay(optimizer: Any, rows: list[SummaryRow]) -> OptimizerDecay | None:
    if not any(row.decay for row in rows):
        return None
    return OptimizerDecay(
        optimizer=type(optimizer).__name__,
        learning_rate=as_written(float(optimizer.learning_rate)),
    )


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
    except Exception:  # noqa: BLE001 - layers need not implement it, and may do so in any way
        return "?"
    return str(shape)
