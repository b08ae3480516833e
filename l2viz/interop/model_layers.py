"""Any built Keras model -> its layers by their paths, each with the variables that it owns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from l2viz.validation import InvalidValue


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A layer of a model.

    path       the names of the models and layers around it, then its own
    layer      the Keras layer
    variables  its weights, without those of layers in it and of layers before it
    """

    path: str
    layer: Any
    variables: tuple[Any, ...]


def parts_of(model: Any) -> Iterator[Part]:
    """Yield the model and all layers in it, each once, in the model's order."""
    seen_layers: set[int] = set()
    seen_variables: set[int] = set()

    def walk(layer: Any, path: str) -> Iterator[Part]:
        if id(layer) in seen_layers:
            return
        seen_layers.add(id(layer))
        children = children_of(layer)
        of_children = {id(variable) for child in children for variable in child.weights}
        own = [v for v in layer.weights if id(v) not in of_children | seen_variables]
        seen_variables.update(id(variable) for variable in own)
        yield Part(path=path or layer.name, layer=layer, variables=tuple(own))
        for child in children:
            yield from walk(child, f"{path}/{child.name}" if path else child.name)

    return walk(model, "")


def children_of(layer: Any) -> list[Any]:
    """Return the layers directly in a layer."""
    # Models have `layers`, but for a layer that contains layers Keras has no public attribute.
    children: list[Any] = layer._flatten_layers(include_self=False, recursive=False)
    return children


def checked_model(model: Any) -> Any:
    """Return a Keras model or layer if it has its weights. Raises InvalidValue."""
    import keras

    if not isinstance(model, keras.Layer):
        raise InvalidValue("model", "be a Keras model or layer", model)
    if not model.built:
        raise InvalidValue("model", "have its weights: call it on a batch first", model)
    return model
