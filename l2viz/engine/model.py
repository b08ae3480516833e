"""Experiment -> Keras model. The only file that attaches regularizers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from numpy.typing import NDArray

from l2viz.engine.float32_draws import Float32Dropout, Float32Glorot
from l2viz.engine.gated_layer import Gated
from l2viz.engine.soft_threshold import SoftThreshold
from l2viz.experiment import Experiment
from l2viz.experiment.architecture import BATCH_NORM_MOMENTUM, KERNEL_SIDE, POOL_SIDE, LayerPlan
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.layer_seeds import dropout_seeds, initializer_seeds
from l2viz.experiment.penalties import PENALTIES


def build_model(
    experiment: Experiment,
    *,
    strength: float,
    penalty: str | None = None,
    convolution: type[keras.layers.Conv2D] = keras.layers.Conv2D,
) -> keras.Sequential:
    """The network of one member, with what `penalty` (the first) attaches at `strength`.

    Its initial weights come from seeded initializers alone, so that no global seed is touched.
    `convolution` is the class of its convolutions.
    """
    attached = _Attached(experiment, penalty or experiment.penalties[0], strength)
    layers: list[keras.Layer] = [
        keras.Input((DATASETS[experiment.dataset].inputs,), dtype=experiment.dtype)
    ]
    if experiment.model == "conv2d":
        layers.append(keras.layers.Reshape((*experiment.input_shape, 1), dtype=experiment.dtype))
    seeds = iter(initializer_seeds(experiment))
    for position, plan in enumerate(experiment.layers):
        if position and plan.kind != "conv2d" and experiment.layers[position - 1].kind == "conv2d":
            layers.append(keras.layers.Flatten(dtype=experiment.dtype))
        layers.append(_weighted_layer(experiment, plan, attached, seeds, convolution))
        layers += _unweighted_layers(experiment, plan, position)
    return keras.Sequential(layers)


class _Attached:
    """What a penalty attaches to each regularized layer."""

    def __init__(self, experiment: Experiment, penalty: str, strength: float) -> None:
        self._facts = PENALTIES[penalty]
        self._strength = strength
        self._threshold = self._facts.proximal * strength * experiment.learning_rate
        self._biases = experiment.bias_regularizer

    def of(self, plan: LayerPlan) -> dict[str, Any]:
        """Keyword arguments of the layer; a gated layer has its second kernel's besides."""
        if not plan.regularized:
            return {}
        arguments: dict[str, Any] = {}
        for name, _ in plan.kernels:
            arguments[f"{name}_regularizer"] = self._regularizer()
            if self._threshold:
                arguments[f"{name}_constraint"] = SoftThreshold(self._threshold)
        if self._biases and plan.bias:
            arguments["bias_regularizer"] = self._regularizer()
        return arguments

    def _regularizer(self) -> keras.regularizers.Regularizer | None:
        squares = self._facts.squares * self._strength
        magnitudes = self._facts.magnitudes * self._strength
        if self._facts.squares and self._facts.magnitudes:
            return keras.regularizers.L1L2(l1=magnitudes, l2=squares)
        if self._facts.magnitudes:
            return keras.regularizers.L1(magnitudes)
        return keras.regularizers.L2(squares) if self._facts.squares else None


def _weighted_layer(
    experiment: Experiment,
    plan: LayerPlan,
    attached: _Attached,
    seeds: Iterator[int],
    convolution: type[keras.layers.Conv2D],
) -> keras.Layer:
    arguments = attached.of(plan) | {
        f"{name}_initializer": _initializer(experiment, next(seeds)) for name, _ in plan.kernels
    }
    if not plan.hidden:
        activation = "softmax" if experiment.task == "classification" else "linear"
    else:  # with BatchNorm it comes after that, but for a gate, which it is a part of
        apart = plan.batch_norm and plan.kind != "gated"
        activation = "linear" if apart else experiment.activation
    arguments |= {
        "activation": activation,
        "use_bias": plan.bias,
        "dtype": experiment.dtype,
        "name": plan.name,
    }
    if plan.kind == "conv2d":
        return convolution(plan.units, KERNEL_SIDE, padding="same", **arguments)
    if plan.kind == "gated":
        return Gated(plan.units, **arguments)
    return keras.layers.Dense(plan.units, **arguments)


def _unweighted_layers(experiment: Experiment, plan: LayerPlan, position: int) -> list[keras.Layer]:
    """What follows a layer with weights: BatchNorm and activation, pooling, Dropout."""
    layers: list[keras.Layer] = []
    dtype, number = experiment.dtype, position + 1
    if plan.batch_norm:
        layers.append(
            keras.layers.BatchNormalization(
                momentum=BATCH_NORM_MOMENTUM, dtype=dtype, name=f"batch_norm_{number}"
            )
        )
        if plan.kind != "gated":
            name = f"activation_{number}"
            layers.append(keras.layers.Activation(experiment.activation, dtype=dtype, name=name))
    if plan.kind == "conv2d":
        layers.append(keras.layers.MaxPooling2D(POOL_SIDE, dtype=dtype, name=f"pool_{number}"))
    if plan.hidden and experiment.dropout:
        layers.append(
            _dropout_class(experiment)(
                experiment.dropout,
                seed=dropout_seeds(experiment)[position],
                dtype=dtype,
                name=f"dropout_{number}",
            )
        )
    return layers


def _initializer(experiment: Experiment, seed: int) -> keras.initializers.Initializer:
    single = experiment.dtype == "float32"
    return (keras.initializers.GlorotUniform if single else Float32Glorot)(seed=seed)


def _dropout_class(experiment: Experiment) -> type[keras.layers.Dropout]:
    return keras.layers.Dropout if experiment.dtype == "float32" else Float32Dropout


def build_optimizer(
    experiment: Experiment, *, strength: float = 0.0, penalty: str | None = None
) -> keras.optimizers.Optimizer:
    """Keras's own optimizer of one member, by its lower-case name, with its weight decay.

    Decay of kernels alone excludes all other variables, which a model must still be asked for:
    see `compiled_model`.
    """
    facts = PENALTIES[penalty or experiment.penalties[0]]
    settings = {"learning_rate": experiment.learning_rate}
    if experiment.momentum:
        settings["momentum"] = experiment.momentum
    decay = experiment.weight_decay + (facts.decay + facts.kernel_decay) * strength
    if decay or experiment.optimizer == "adamw":
        settings["weight_decay"] = decay
    return keras.optimizers.get({"class_name": experiment.optimizer, "config": settings})


def build_loss(experiment: Experiment) -> keras.losses.Loss:
    """The data loss, a mean over the examples of a batch.

    In the experiment's dtype: left alone, Keras would round a float64 output to float32 here.
    """
    if experiment.task == "classification":
        return keras.losses.SparseCategoricalCrossentropy(dtype=experiment.dtype)
    return keras.losses.MeanSquaredError(dtype=experiment.dtype)


def compiled_model(
    experiment: Experiment, *, strength: float, penalty: str | None = None
) -> keras.Sequential:
    """The plain Keras model of one member, ready for ``fit``: what the path is held against.

    In float64 ``fit`` needs ``keras.config.set_floatx("float64")``, as it casts data and losses
    to Keras's float type, whatever that of the layers.
    """
    penalty = penalty or experiment.penalties[0]
    model = build_model(experiment, strength=strength, penalty=penalty)
    optimizer = build_optimizer(experiment, strength=strength, penalty=penalty)
    if PENALTIES[penalty].kernel_decay:
        kernels = {(plan.name, name) for plan in experiment.layers for name, _ in plan.kernels}
        regularized = {plan.name for plan in experiment.layers if plan.regularized}
        optimizer.exclude_from_weight_decay(
            var_list=[
                weight
                for layer in model.layers
                for weight in layer.trainable_variables
                if layer.name not in regularized or (layer.name, weight.name) not in kernels
            ]
        )
    metrics = ["accuracy"] if experiment.task == "classification" else []
    model.compile(optimizer, build_loss(experiment), metrics=metrics)
    return model


def initial_weights(experiment: Experiment) -> list[NDArray[Any]]:
    """The trainable weights `build_model` starts with, in Keras's order, without a model."""
    weights: list[NDArray[Any]] = []
    seeds = iter(initializer_seeds(experiment))
    for plan in experiment.layers:
        for _, shape in plan.kernels:
            kernel = _initializer(experiment, next(seeds))(shape, dtype=experiment.dtype)
            weights.append(keras.ops.convert_to_numpy(kernel))
        if plan.bias:
            weights.append(np.zeros(plan.units, experiment.dtype))
        if plan.batch_norm:  # γ and β
            weights.append(np.ones(plan.units, experiment.dtype))
            weights.append(np.zeros(plan.units, experiment.dtype))
    return weights


def initial_state(experiment: Experiment) -> list[NDArray[Any]]:
    """The variables `build_model` starts with that no gradient moves, in Keras's order.

    BatchNorm's moving mean and variance, and the state of each Dropout's seed.
    """
    state: list[NDArray[Any]] = []
    for plan, seed in zip(experiment.layers, dropout_seeds(experiment), strict=True):
        if plan.batch_norm:
            state.append(np.zeros(plan.units, experiment.dtype))
            state.append(np.ones(plan.units, experiment.dtype))
        if plan.hidden and experiment.dropout:
            state.append(np.array([seed, 0], dtype=np.int64))
    return state
