"""L2 on, changed or off in a model that is already built, as Keras 3 reads it."""

from __future__ import annotations

import difflib
import fnmatch
import html
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from l2viz.interop.model_layers import Part, checked_model, parts_of
from l2viz.interop.regularizers import describe, same
from l2viz.interop.summary_table import text_table
from l2viz.interop.variable_kinds import KERNELS, KINDS, kind_of, setting_of
from l2viz.validation import InvalidValue, as_tuple, choice, number

Chosen = str | Sequence[str] | Callable[[Any], bool] | None


@dataclass(frozen=True, kw_only=True)
class RegularizerChange:
    """One variable whose regularizer is another one now, as source code; "" for none."""

    layer: str
    variable: str
    kind: str
    parameters: int
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Regularized:
    """A model with other regularizers, and what has changed: ``print`` shows it as a table.

    Attributes
    ----------
    model : keras.Model
        Not compiled, unless it was changed in place.
    changes : tuple of RegularizerChange
        In the order of the model's layers. Variables that stay as they were are not listed.
    """

    model: Any
    changes: tuple[RegularizerChange, ...]

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Return the cells as text, header first."""
        head = ("Layer", "Variable", "Kind", "Parameters", "Before", "After")
        return head, *(
            (c.layer, c.variable, c.kind, f"{c.parameters:,}", c.before or "–", c.after or "–")
            for c in self.changes
        )

    def note(self) -> str:
        """Return the line below the table."""
        parameters = sum(change.parameters for change in self.changes)
        count = "1 variable" if len(self.changes) == 1 else f"{len(self.changes)} variables"
        return f"{count} changed, {parameters:,} parameters"

    def __str__(self) -> str:
        return f"{text_table(self.table(), ('Parameters',))}\n{self.note()}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
            for cells in self.table()
        )
        return f"<table>{rows}</table><p>{self.note()}</p>"


def regularize(
    model: Any,
    strength: float,
    *,
    layers: Chosen = None,
    kinds: Sequence[str] = KERNELS,
    in_place: bool = False,
) -> Regularized:
    """Put L2(λ) on the kernels of a built or pretrained Keras model, or take it off with λ = 0.

    Any other regularizer of a chosen variable is replaced.

    Parameters
    ----------
    model : keras.Layer
        Built. It stays as it is, and a copy with the same weights is changed.
    strength
        λ of ``keras.regularizers.L2``; 0 takes the regularizer off.
    layers
        Which layers: a name, a path as in `l2viz.summary`, a pattern like ``"block_*"``, several
        of these, or a function of the layer. All by default.
    kinds
        Which of their variables: "kernels", "depthwise_kernels", "recurrent_kernels", "embeddings",
        "biases", "norms" (of normalization layers) and "others". The first four by default.
    in_place
        Change the model itself, which is needed if Keras cannot copy it. A compiled model traces
        its steps again at the next `fit`, and keeps its optimizer.

    Returns
    -------
    Regularized
        The model, and a table of what has changed.

    Raises
    ------
    InvalidValue
        A ValueError, for a model that is not built or cannot be copied, for a layer that it does
        not have, and for an unknown kind.

    Notes
    -----
    Frozen variables are changed too: Keras counts their penalty when they are trained. Where the
    layer has a setting of its own for the variable, it is changed as well, so that a saved model
    keeps it.
    """
    strength = number("strength", strength, 0.0, 1e100)
    wanted = tuple(choice("kinds", kind, KINDS) for kind in as_tuple("kinds", kinds, "kinds"))
    chosen = _chosen(checked_model(model), layers)
    changed = model if in_place else _copy(model)
    changes: list[RegularizerChange] = []
    for place, part in enumerate(parts_of(changed)):
        if place in chosen:
            changes += _change(part, strength, wanted)
    if in_place and changes:
        for function in ("train_function", "test_function"):
            if hasattr(model, function):
                setattr(model, function, None)  # they keep the regularizers of their tracing
    return Regularized(model=changed, changes=tuple(changes))


def _chosen(model: Any, layers: Chosen) -> set[int]:
    """Return the numbers of the chosen layers. Raises InvalidValue for a name without a layer."""
    parts = list(parts_of(model))
    if layers is None:
        return set(range(len(parts)))
    if callable(layers):
        return {place for place, part in enumerate(parts) if layers(part.layer)}
    names = (layers,) if isinstance(layers, str) else as_tuple("layers", layers, "names")
    found: set[int] = set()
    for name in names:
        if not isinstance(name, str):
            raise InvalidValue("layers", "be names, or a function of a layer", layers)
        places = {place for place, part in enumerate(parts) if _is_called(part, name)}
        if not places:
            paths = [part.path for part in parts]
            nearest = difflib.get_close_matches(name, paths, n=1, cutoff=0.0)[0]
            raise InvalidValue("layers", f"be in the model, like the nearest, {nearest!r}", name)
        found |= places
    return found


def _is_called(part: Part, name: str) -> bool:
    """Return whether a name or pattern is of a layer, or of a model or layer around it."""
    around = part.path.split("/")
    paths = {"/".join(around[: depth + 1]) for depth in range(len(around))}
    return any(fnmatch.fnmatchcase(each, name) for each in paths | {part.layer.name})


def _change(part: Part, strength: float, kinds: tuple[str, ...]) -> Iterator[RegularizerChange]:
    import keras

    own = {id(variable) for variable in part.layer._trainable_variables}  # frozen ones included
    for variable in part.variables:
        kind = kind_of(part.layer, variable)
        if id(variable) not in own or kind not in kinds:
            continue
        before, after = variable.regularizer, keras.regularizers.L2(strength) if strength else None
        if setting := setting_of(part.layer, variable):
            setattr(part.layer, setting, after)
        variable.regularizer = after
        if not same(before, after):
            yield RegularizerChange(
                layer=part.path,
                variable=variable.name,
                kind=kind,
                parameters=math.prod(variable.shape),
                before="" if before is None else describe(before),
                after="" if after is None else describe(after),
            )


def _copy(model: Any) -> Any:
    """Return a copy with weights, regularizers and frozen layers. Raises InvalidValue."""
    import keras

    try:
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
        ours, theirs = list(parts_of(model)), list(parts_of(copy))
        for one, other in zip(ours, theirs, strict=True):
            for old, new in zip(one.variables, other.variables, strict=True):
                new.regularizer, new.trainable = old.regularizer, old.trainable
            other.layer._trainable = one.layer._trainable
    except Exception as problem:  # of any class: the model's code is anyone's
        rule = f"be one that Keras can copy, or changed with in_place=True ({problem})"
        raise InvalidValue("model", rule, model) from problem
    return copy
