"""Experiment -> Keras model. The only file that attaches regularizers."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from l2viz.datasets import DATASETS
from l2viz.experiment import Experiment

_WEIGHT_STREAM = 2  # keeps the draws of initial weights apart from those of data and batches


def build_model(experiment: Experiment, *, strength: float) -> keras.Sequential:
    """A Dense network with ``keras.regularizers.L2(strength)`` on the regularized kernels.

    Its initial weights come from seeded initializers alone, so that no global seed is touched.
    """
    facts = DATASETS[experiment.dataset]
    seeds = initializer_seeds(experiment)
    last = len(experiment.kernel_shapes) - 1
    output_activation = "softmax" if experiment.task == "classification" else "linear"
    layers: list[keras.Layer] = [keras.Input((facts.inputs,), dtype=experiment.dtype)]
    for position, (_, units) in enumerate(experiment.kernel_shapes):
        regularized = position in experiment.regularized_layers
        layers.append(
            keras.layers.Dense(
                units,
                activation=output_activation if position == last else experiment.activation,
                kernel_initializer=keras.initializers.GlorotUniform(seed=seeds[position]),
                kernel_regularizer=keras.regularizers.L2(strength) if regularized else None,
                dtype=experiment.dtype,
                name=f"dense_{position + 1}",
            )
        )
    return keras.Sequential(layers)


def initializer_seeds(experiment: Experiment) -> list[int]:
    """One seed for each kernel, from the experiment's."""
    sequence = np.random.SeedSequence([experiment.seed, _WEIGHT_STREAM])
    return [int(seed) for seed in sequence.generate_state(len(experiment.kernel_shapes))]


def build_optimizer(experiment: Experiment) -> keras.optimizers.Optimizer:
    """Keras's own optimizer by its lower-case name. All three work element by element."""
    settings = {"learning_rate": experiment.learning_rate}
    if experiment.momentum:
        settings["momentum"] = experiment.momentum
    return keras.optimizers.get({"class_name": experiment.optimizer, "config": settings})


def build_loss(experiment: Experiment) -> keras.losses.Loss:
    """The data loss, a mean over the examples of a batch.

    In the experiment's dtype: left alone, Keras would round a float64 output to float32 here.
    """
    if experiment.task == "classification":
        return keras.losses.SparseCategoricalCrossentropy(dtype=experiment.dtype)
    return keras.losses.MeanSquaredError(dtype=experiment.dtype)


def compiled_model(experiment: Experiment, *, strength: float) -> keras.Sequential:
    """The plain Keras model of one member, ready for ``fit``: what the path is held against.

    In float64 ``fit`` needs ``keras.config.set_floatx("float64")``, as it casts data and losses
    to Keras's float type, whatever that of the layers.
    """
    model = build_model(experiment, strength=strength)
    metrics = ["accuracy"] if experiment.task == "classification" else []
    model.compile(build_optimizer(experiment), build_loss(experiment), metrics=metrics)
    return model


def initial_weights(experiment: Experiment) -> list[np.ndarray]:
    """The weights `build_model` starts with, kernel and bias of each layer, without a model."""
    weights: list[np.ndarray] = []
    for shape, seed in zip(experiment.kernel_shapes, initializer_seeds(experiment), strict=True):
        kernel = keras.initializers.GlorotUniform(seed=seed)(shape, dtype=experiment.dtype)
        weights += [keras.ops.convert_to_numpy(kernel), np.zeros(shape[1], experiment.dtype)]
    return weights
