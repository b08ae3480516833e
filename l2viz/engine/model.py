"""Experiment -> Keras model, made from its planned layers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from l2viz.engine.backend import require_channels_last
from l2viz.engine.float32_draws import Float32Dropout, Float32Glorot
from l2viz.engine.gated_layer import Gated
from l2viz.engine.soft_threshold import SoftThreshold
from l2viz.experiment import Experiment
from l2viz.experiment.architecture import plan_layers
from l2viz.experiment.decay import decayed_variables, optimizer_decay
from l2viz.experiment.layer_plan import KerasObject, TimesStrength, VariablePlan
from l2viz.experiment.penalties import PENALTIES


def build_model(
    experiment: Experiment,
    *,
    strength: float,
    penalty: str | None = None,
    convolution: type[keras.layers.Conv2D] = keras.layers.Conv2D,
) -> keras.Sequential:
    """Return the Keras model of one member, with its regularizers and constraints.

    `penalty` is the experiment's first if not named; `convolution` is the class of the
    convolutional layers. The initializers are seeded one by one, so Keras's global seed stays
    untouched.
    """
    if experiment.model == "conv2d":
        require_channels_last()
    layers = []
    for plan in plan_layers(experiment, penalty):
        settings = {"dtype": experiment.dtype} | ({"name": plan.name} if plan.name else {})
        layer_class = convolution if plan.class_name == "Conv2D" else None
        layers.append(_made(plan, strength, settings, layer_class))
    return keras.Sequential(layers)


_OWN_CLASSES = {
    each.__name__: each for each in (Float32Dropout, Float32Glorot, Gated, SoftThreshold)
}
_MODULES = {
    "keras": keras,
    "layers": keras.layers,
    "initializers": keras.initializers,
    "regularizers": keras.regularizers,
}


def _made(
    planned: KerasObject,
    strength: float,
    settings: Mapping[str, Any] = MappingProxyType({}),
    made_of: type | None = None,
) -> Any:
    """Return the planned Keras object, with more keyword arguments, or of class `made_of`."""

    def value(argument: Any) -> Any:
        if isinstance(argument, TimesStrength):
            return argument.at(strength)
        return _made(argument, strength) if isinstance(argument, KerasObject) else argument

    name = planned.class_name
    found = getattr(_MODULES[planned.module], name) if planned.module else _OWN_CLASSES[name]
    arguments = [value(argument) for argument in planned.arguments]
    keywords = {name: value(argument) for name, argument in planned.keywords.items()}
    return (made_of or found)(*arguments, **keywords, **settings)


def build_optimizer(
    experiment: Experiment, *, strength: float = 0.0, penalty: str | None = None
) -> keras.optimizers.Optimizer:
    """Return Keras's optimizer for one member, with its weight decay.

    Where only kernels decay, the caller must exclude the model's other variables: see
    `compiled_model`.
    """
    settings = {"learning_rate": experiment.learning_rate} | experiment.optimizer_arguments
    decay = optimizer_decay(experiment, penalty or experiment.penalties[0], strength)
    if decay or experiment.optimizer == "adamw":
        settings["weight_decay"] = decay
    return keras.optimizers.get({"class_name": experiment.optimizer, "config": settings})


def build_loss(experiment: Experiment) -> keras.losses.Loss:
    """Return the data loss, a mean over the examples of a batch.

    Its dtype is the experiment's: by default Keras would round a float64 output to float32 here.
    """
    if experiment.task == "classification":
        return keras.losses.SparseCategoricalCrossentropy(dtype=experiment.dtype)
    return keras.losses.MeanSquaredError(dtype=experiment.dtype)


def compiled_model(
    experiment: Experiment, *, strength: float, penalty: str | None = None
) -> keras.Sequential:
    """Return the plain Keras model of one member, ready for ``fit``: the reference for the path.

    In float64 ``fit`` needs ``keras.config.set_floatx("float64")``: it casts data and losses to
    Keras's global float type, whatever the dtype of the layers.
    """
    penalty = penalty or experiment.penalties[0]
    model = build_model(experiment, strength=strength, penalty=penalty)
    optimizer = build_optimizer(experiment, strength=strength, penalty=penalty)
    if PENALTIES[penalty].kernel_decay:
        decayed = {
            (plan.name, variable)
            for plan in experiment.layers
            for variable in decayed_variables(plan, penalty)
        }
        optimizer.exclude_from_weight_decay(
            var_list=[
                weight
                for layer in model.layers
                for weight in layer.trainable_variables
                if (layer.name, weight.name) not in decayed
            ]
        )
    metrics = ["accuracy"] if experiment.task == "classification" else []
    model.compile(optimizer, build_loss(experiment), metrics=metrics)
    return model


def initial_weights(experiment: Experiment) -> list[NDArray[Any]]:
    """Return the initial trainable weights of `build_model`, in Keras's order, without a model."""
    return [
        _initial(variable, experiment.dtype)
        for plan in plan_layers(experiment)
        for variable in plan.variables
        if variable.trainable
    ]


def initial_state(experiment: Experiment) -> list[NDArray[Any]]:
    """Return the initial non-trainable variables of `build_model`, in Keras's order.

    They are BatchNorm's moving mean and variance, and the seed state of each Dropout.
    """
    state: list[NDArray[Any]] = []
    for plan in plan_layers(experiment):
        state += [
            _initial(variable, experiment.dtype)
            for variable in plan.variables
            if not variable.trainable
        ]
        if "seed" in plan.keywords:  # of a Dropout
            state.append(np.array([plan.keywords["seed"], 0], dtype=np.int64))
    return state


def _initial(variable: VariablePlan, dtype: str) -> NDArray[Any]:
    """Return the initial values of a variable."""
    initial = variable.initial
    if isinstance(initial, str):
        initializer = keras.initializers.get(initial)
    else:
        initializer = _made(initial, strength=0.0)
    values: NDArray[Any] = keras.ops.convert_to_numpy(initializer(variable.shape, dtype=dtype))
    return values
