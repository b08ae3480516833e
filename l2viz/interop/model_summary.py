"""Anyone's Keras model -> what is regularized in it, how strongly, and what that costs now.

`model.summary()` shows no regularizer. This one does, variable by variable.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.validation import InvalidValue, number

LAYER_LOSSES = "(losses of the batch)"  # stands for a variable where a penalty belongs to none


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """One variable of a layer, or a layer without any.

    layer          its name, behind those of the models and layers that hold it
    kind           its class
    output_shape   of the layer, "?" where Keras does not know it
    variable       "kernel", "bias", ...; empty for a layer without variables
    shape          of the variable
    parameters     numbers in it
    trainable      False for frozen ones and for statistics: Keras leaves their penalty out
    regularizer    as in the code, "L2(l2=0.01)"; empty where there is none
    strengths      every number of the regularizer's own settings, {"l2": 0.01}
    penalty        what Keras adds to the loss for it now; None where that depends on a batch
    without_effect a regularizer that the layer was given when the variable was already made
    """

    layer: str
    kind: str
    output_shape: str
    variable: str = ""
    shape: tuple[int, ...] = ()
    parameters: int = 0
    trainable: bool = True
    regularizer: str = ""
    strengths: Mapping[str, float]
    penalty: float | None = 0.0
    without_effect: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelSummary:
    """The rows of a model in the order of its layers, and their sums; print it, or show it.

    penalty      Σ of the rows' penalties; equal to ``sum(model.losses)`` where these hold
                 nothing of a batch
    data_loss    as given, or None
    total_loss   data loss + penalty, or None
    """

    name: str
    rows: tuple[SummaryRow, ...]
    data_loss: float | None = None

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def trainable_parameters(self) -> int:
        return sum(row.parameters for row in self.rows if row.trainable)

    @property
    def regularized_parameters(self) -> int:
        """In trainable variables with a regularizer."""
        return sum(r.parameters for r in self.rows if r.trainable and r.regularizer)

    @property
    def penalty(self) -> float:
        return sum(row.penalty for row in self.rows if row.penalty is not None)

    @property
    def total_loss(self) -> float | None:
        return None if self.data_loss is None else self.data_loss + self.penalty

    @property
    def depends_on_a_batch(self) -> tuple[SummaryRow, ...]:
        """The activity regularizers whose penalty is not in the sum, as no batch was given."""
        return tuple(row for row in self.rows if row.penalty is None)

    def share_of_penalty(self, row: SummaryRow) -> float | None:
        """penalty of the row / penalty of all rows; None where there is none to share."""
        return _share(row.penalty, self.penalty)

    def share_of_total_loss(self, row: SummaryRow) -> float | None:
        """penalty of the row / total loss; None where the data loss is not known."""
        return _share(row.penalty, self.total_loss)

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The cells as text, the head first; shares only where they are known."""
        head = ["Layer", "Output shape", "Variable", "Shape", "Parameters", "Regularizer"]
        head += ["Penalty now", "Of penalty"]
        if self.total_loss is not None:
            head.append("Of total loss")
        cells = [self._cells(row) for row in self.rows]
        for above, (position, row) in zip(self.rows, enumerate(self.rows[1:], 1), strict=False):
            if row.layer == above.layer:  # named once
                cells[position] = ("", "", *cells[position][2:])
        return (tuple(head), *cells)

    def notes(self) -> tuple[str, ...]:
        """What stands below the table: the sums, and what is not in them."""
        counts = f"{self.parameters:,} parameters, {self.trainable_parameters:,} trainable"
        sums = f"penalty {self.penalty:.6g}"
        if self.data_loss is not None:
            sums += f" + data loss {self.data_loss:.6g} = total loss {self.total_loss:.6g}"
        lines = [f"{counts}, {self.regularized_parameters:,} regularized", sums]
        left_out = ", ".join(f"{row.regularizer} of {row.layer}" for row in self.depends_on_a_batch)
        if left_out:
            lines.append(f"not in the penalty, as it depends on a batch: {left_out}")
        lines += [
            f"{row.layer}.{row.variable}_regularizer is {row.without_effect}, but was set after "
            "the weight was made: it has no effect"
            for row in self.rows
            if row.without_effect
        ]
        return tuple(lines)

    def __str__(self) -> str:
        table = self.table()
        widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if title in _NUMBERS else cell.ljust(width)
                for cell, width, title in zip(cells, widths, table[0], strict=True)
            ).rstrip()
            for cells in table
        ]
        rule = "─" * max(len(line) for line in lines)
        return "\n".join([self.name, lines[0], rule, *lines[1:], rule, *self.notes()])

    def _repr_html_(self) -> str:
        head, *body = self.table()
        titles = "".join(f"<th>{html.escape(title)}</th>" for title in head)
        rows = "".join(f"<tr>{_html_cells(head, cells)}</tr>" for cells in body)
        notes = "<br>".join(html.escape(line) for line in self.notes())
        return (
            f"<table><caption>{html.escape(self.name)}</caption>"
            f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table><p>{notes}</p>"
        )

    def _cells(self, row: SummaryRow) -> tuple[str, ...]:
        frozen = "" if row.trainable else " (not trained)"
        cells = [
            f"{row.layer} ({row.kind})",
            row.output_shape,
            row.variable,
            str(row.shape) if row.parameters else "",
            f"{row.parameters:,}",
            (row.regularizer or "–" if row.variable else "") + frozen,
            _penalty_cell(row),
            _percent(self.share_of_penalty(row) if row.regularizer else None),
        ]
        if self.total_loss is not None:
            cells.append(_percent(self.share_of_total_loss(row) if row.regularizer else None))
        return tuple(cells)


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
    settings = ", ".join(f"{name}={_shown(v)}" for name, v in _config(regularizer).items())
    return f"{type(regularizer).__name__}({settings})"


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


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 30 else f"{text[:29]}…"


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


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or whole is None or whole <= 0.0 else part / whole


def _penalty_cell(row: SummaryRow) -> str:
    if not row.regularizer:
        return ""
    return "?" if row.penalty is None else f"{row.penalty:.6g}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


_NUMBERS = ("Parameters", "Penalty now", "Of penalty", "Of total loss")


def _html_cells(head: tuple[str, ...], cells: tuple[str, ...]) -> str:
    return "".join(
        f'<td style="text-align:{"right" if title in _NUMBERS else "left"}">'
        f"{html.escape(cell)}</td>"
        for title, cell in zip(head, cells, strict=True)
    )
