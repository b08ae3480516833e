"""Regularizers that a layer names and no weight has, and the other way round.

Keras attaches a regularizer when a weight is made, and does not read the layer's attribute again,
except in `get_config`: a model that is saved and loaded again follows the attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from l2viz.interop.model_layers import Part
from l2viz.interop.regularizers import describe, same

_OF_EVERY_LAYER = "activity_regularizer"  # it is read at every call


def remarks_on(part: Part) -> list[str]:
    """Return a sentence for each setting of a layer that differs from what its weights have."""
    layer = part.layer
    if not layer.built:
        return []
    settings = dict(_settings(layer))
    return [*_unused(part, settings), *_unnamed(part, settings)]


def _settings(layer: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and regularizer, or None, of every attribute that is one or is called one."""
    import keras

    for name, value in vars(layer).items():
        public = name.lstrip("_")
        if public == _OF_EVERY_LAYER:
            continue
        if isinstance(value, keras.regularizers.Regularizer):
            yield public, value
        elif public.endswith("regularizer") and not isinstance(value, bool):
            try:
                yield public, keras.regularizers.get(value)
            except (TypeError, ValueError):  # no regularizer after all
                continue


def _unused(part: Part, settings: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each setting that is on no weight."""
    weights = part.layer.weights  # those of layers in it too: it may hand its setting on
    for name, setting in settings.items():
        if setting is None:
            continue
        own = [v for v in part.variables if v.name == name.removesuffix("_regularizer")]
        if any(same(variable.regularizer, setting) for variable in own or weights):
            continue
        instead = f", {own[0].name} has {_named(own[0].regularizer)}" if own else ""
        yield (
            f"{part.path}.{name} is {describe(setting)}, but no weight has it"
            f"{instead}: it has no effect"
        )


def _unnamed(part: Part, settings: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each weight whose regularizer is none of its layer's settings."""
    if not settings:  # a layer of one's own, which need not keep what it passes to `add_weight`
        return
    held = [setting for setting in settings.values() if setting is not None]
    for variable in part.variables:
        regularizer = variable.regularizer
        if regularizer is None or any(same(regularizer, setting) for setting in held):
            continue
        name = f"{variable.name}_regularizer"
        if settings.get(name) is not None:
            continue  # the other sentence tells both
        yield (
            f"{part.path}.{variable.name} has {describe(regularizer)}, which no setting of "
            "the layer names: it is in effect"
        )


def _named(regularizer: Any) -> str:
    return "none" if regularizer is None else describe(regularizer)
