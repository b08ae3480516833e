"""Which models can be trained stacked, and if not, why: looked up, not tried."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from l2viz.interop.model_layers import checked_model, parts_of
from l2viz.interop.regularizers import reason as in_one_line

# Elementwise ones: of stacked weights they are the optimizers of all members.
OPTIMIZERS = (
    *("SGD", "RMSprop", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "Lion"),
)
REGULARIZERS = (keras.regularizers.L2, keras.regularizers.L1, keras.regularizers.L1L2)
_STEPS = ("train_step", "test_step", "make_train_function", "make_test_function", "fit")
_MIXING = (
    *("clipnorm", "global_clipnorm", "use_ema", "loss_scale_factor", "gradient_accumulation_steps"),
)


def stackable(model: Any) -> str:
    """Return why a model cannot be trained stacked with its like; "" if it can.

    Stacked, the members of `l2viz.sweep` are trained together in one compiled step.

    Parameters
    ----------
    model : keras.Model
        Compiled and built: sequential, functional or subclassed.

    Returns
    -------
    str
        "" for a model that has Keras's own training step, regularizers L1, L2 or L1L2, no
        constraints, and an elementwise optimizer: SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta,
        Adamax, Nadam, Ftrl or Lion. Otherwise the reason, in one line.

    Raises
    ------
    InvalidValue
        A ValueError, for what is no Keras model, or has no weights yet.
    """
    return next(_reasons(checked_model(model)), "")


def _reasons(model: Any) -> Iterator[str]:
    backend = keras.backend.backend()
    if backend != "tensorflow":
        yield f"Keras's backend is {backend}, and models are stacked on TensorFlow"
    if not isinstance(model, keras.Model) or not model.compiled:
        yield "the model is not compiled"
        return
    for name in _STEPS:
        if getattr(type(model), name) is not getattr(keras.Model, name) or name in vars(model):
            yield f"{type(model).__name__} has a {name} of its own"
    if model.run_eagerly:
        yield "the model runs eagerly"
    yield from _reasons_of_optimizer(model.optimizer)
    yield from _reasons_of_variables(model)


def _reasons_of_optimizer(optimizer: Any) -> Iterator[str]:
    name = type(optimizer).__name__
    if name not in OPTIMIZERS or type(optimizer) is not getattr(keras.optimizers, name):
        yield f"the optimizer {name} is none of {', '.join(OPTIMIZERS)}"
        return
    for setting in _MIXING:
        if getattr(optimizer, setting, None):
            yield f"the optimizer's {setting} is not of each weight alone"
    if int(optimizer.iterations):
        yield "the optimizer has trained before"
    try:
        type(optimizer).from_config(optimizer.get_config())
    except Exception as problem:  # noqa: BLE001 - a schedule of anyone's
        yield f"the optimizer cannot be copied: {in_one_line(problem)}"


def _reasons_of_variables(model: Any) -> Iterator[str]:
    trainable = {id(variable) for variable in model.trainable_variables}
    if not trainable:
        yield "the model has no trainable weights"
    dtypes = {str(variable.dtype) for variable in model.trainable_variables}
    if len(dtypes) > 1:
        yield f"its weights have several types: {', '.join(sorted(dtypes))}"
    for part in parts_of(model):
        for variable in part.variables:
            where = f"{variable.name} of {part.path}"
            if id(variable) not in trainable:
                continue
            if type(variable.regularizer) not in (type(None), *REGULARIZERS):
                yield f"{where} has a regularizer that is none of L1, L2 and L1L2"
            if variable.constraint is not None:
                yield f"{where} has a constraint"
            if getattr(variable, "overwrite_with_gradient", False):
                yield f"{where} is overwritten by its gradient"


def difference(models: Sequence[Any]) -> str:
    """Return how models differ in more than weights and the strengths of regularizers; "" if not.

    What a class of the user's does with a strength is not seen here: see `first_step`.
    """
    first = _described(models[0])
    for model in models[1:]:
        for name, found in _described(model).items():
            if found != first[name]:
                return f"the {name} of the models differ with the strength"
    return ""


def _described(model: Any) -> dict[str, Any]:
    """Return all that must be equal, by its name."""
    return {
        "classes of layers": [type(part.layer).__qualname__ for part in parts_of(model)],
        "weights": [
            (variable.path, tuple(variable.shape), str(variable.dtype))
            for variables in (model.trainable_variables, model.non_trainable_variables)
            for variable in [*variables, None]
            if variable is not None
        ],
        "settings of layers": [_settings(part.layer) for part in parts_of(model)],
        "settings of optimizer, loss and metrics": _text(_compile_settings(model)),
    }


def _settings(layer: Any) -> str:
    if not type(layer).__module__.startswith("keras."):
        return ""
    try:
        return _text(_without_free_settings(layer.get_config()))
    except (NotImplementedError, TypeError, ValueError):  # a layer that cannot be saved
        return ""


def _compile_settings(model: Any) -> Any:
    try:
        return model.get_compile_config()
    except Exception:  # noqa: BLE001 - a loss or metric of anyone's
        return type(model.optimizer).__name__


def _without_free_settings(config: Any) -> Any:
    """Leave out what members may differ in, and the settings of classes of the user's."""
    if isinstance(config, dict):
        module = config.get("module", "keras")
        own = "class_name" in config and not str(module).startswith("keras")
        return {
            key: _without_free_settings(value)
            for key, value in config.items()
            if not (own and key == "config")
            and not (key.endswith("_regularizer") and key != "activity_regularizer")
            and not key.endswith("_initializer")
        }
    if isinstance(config, list | tuple):
        return [_without_free_settings(each) for each in config]
    return config


def _text(settings: Any) -> str:
    text = json.dumps(settings, default=repr, sort_keys=True)
    return re.sub(r" at 0x[0-9a-f]+", "", text)
