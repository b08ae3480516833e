"""Losses that layers add when they are called: activity regularizers and `add_loss`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

from l2viz.interop.model_layers import parts_of
from l2viz.interop.regularizers import reason, total
from l2viz.validation import InvalidValue

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def adds_losses(layer: Any) -> bool:
    """Return whether a layer has losses of its last call, or its class calls `add_loss`."""
    import keras

    if layer._losses and layer.activity_regularizer is None:
        return True
    classes = type(layer).__mro__
    of_keras = keras.Model.__mro__ + keras.Sequential.__mro__  # which offer it, and do not call it
    return any(
        "add_loss" in _names(code)
        for each in classes
        if each not in of_keras
        for code in _codes(each)
    )


def losses_on(model: Any, inputs: Any) -> Mapping[int, float]:
    """Call a model on a batch; return the sum of the losses that each layer adds, by its id.

    It is called with ``training=False`` and without a change of its state. A tuple stands for
    several arguments where `call` requires several; a dict may give them by name.
    """
    import keras

    args, keywords = call_arguments(model, inputs)
    try:
        with keras.StatelessScope(collect_losses=True):
            model(*args, **keywords, training=False)
            found = {id(part.layer): part.layer._get_own_losses() for part in parts_of(model)}
            sums = {layer: total(losses) for layer, losses in found.items() if losses}
    except Exception as problem:  # of any class: the model's code is anyone's
        rule = f"be a batch that the model can be called on ({reason(problem)})"
        raise InvalidValue("inputs", rule, inputs) from problem
    finally:
        for part in parts_of(model):  # of a scope that is gone
            part.layer._loss_ids.clear()
    return sums


def call_arguments(model: Any, inputs: Any) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Return the arguments of one call: several if `call` requires several, and they are given."""
    parameters = list(inspect.signature(model.call).parameters.values())
    required = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind in (*_POSITIONAL, inspect.Parameter.KEYWORD_ONLY)
        and parameter.name not in ("training", "mask")
    ]
    if len(required) > 1 and isinstance(inputs, tuple):
        return inputs, {}
    names = {parameter.name for parameter in parameters}
    if len(required) > 1 and isinstance(inputs, Mapping) and set(inputs) <= names:
        return (), inputs
    return (inputs,), {}


def _codes(of: type) -> Iterator[CodeType]:
    for member in vars(of).values():
        function = getattr(member, "__func__", member)  # of static and class methods
        code = getattr(inspect.unwrap(function) if callable(function) else None, "__code__", None)
        if code is not None:
            yield code


def _names(code: CodeType) -> set[str]:
    """Return the names that a function uses, and those in it."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*(_names(each) for each in inner))
