"""Keras's optimizers for one variable that holds all members, by TensorFlow's fused kernels.

The formulas are those of keras/src/optimizers/{sgd,rmsprop,adam}.py and the decay is that of
base_optimizer.py; a fused kernel reads and writes the weights once where Keras's own operations
do so ten times. All of them work element by element.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from l2viz.experiment import Experiment

_BETA_1, _BETA_2, _RHO, _EPSILON = 0.9, 0.999, 0.9, 1e-7  # Keras's defaults
_SLOTS = {
    "sgd": (),
    "adam": ("momentum", "velocity"),
    "adamw": ("momentum", "velocity"),
    "rmsprop": ("velocity",),
}


class PathOptimizer:
    """One optimizer for every weight of every row.

    slots   by Keras's name of the kind: "momentum", "velocity", of the path's shape each
    """

    def __init__(self, experiment: Experiment, path: tf.Variable) -> None:
        self._name = experiment.optimizer
        self._momentum = experiment.momentum
        self._path = path
        names = list(_SLOTS[self._name])
        if experiment.momentum:
            names.append("momentum")
        self.slots = {name: tf.Variable(tf.zeros_like(path)) for name in names}
        self._kept = list(self.slots.values())
        if self._name == "rmsprop" and not experiment.momentum:  # the kernel wants one
            self._unused = tf.Variable(tf.zeros_like(path))
            self._kept.append(self._unused)
        self.iterations = tf.Variable(0, dtype=tf.int64)
        self.learning_rate = tf.Variable(0.0, dtype=path.dtype)

    def restart(self, learning_rate: float) -> None:
        """As new, with this learning rate, whatever a run that diverged left in it."""
        for variable in self._kept:
            variable.assign(tf.zeros_like(variable))
        self.iterations.assign(0)
        self.learning_rate.assign(learning_rate)

    def apply(self, gradient: tf.Tensor) -> None:
        """One step of every weight."""
        dtype = self._path.dtype
        rate = self.learning_rate.read_value()
        step = tf.cast(self.iterations.assign_add(1, read_value=True), dtype)
        common: dict[str, Any] = {"var": self._path.handle, "lr": rate, "grad": gradient}
        if self._name in ("adam", "adamw"):
            tf.raw_ops.ResourceApplyAdam(
                m=self.slots["momentum"].handle,
                v=self.slots["velocity"].handle,
                # Keras rounds β to float32 in the power, and there alone, in float64 too.
                beta1_power=tf.pow(tf.constant(float(np.float32(_BETA_1)), dtype), step),
                beta2_power=tf.pow(tf.constant(float(np.float32(_BETA_2)), dtype), step),
                beta1=tf.constant(_BETA_1, dtype),
                beta2=tf.constant(_BETA_2, dtype),
                epsilon=tf.constant(_EPSILON, dtype),
                **common,
            )
        elif self._name == "rmsprop":
            momentum = self.slots["momentum"] if self._momentum else self._unused
            tf.raw_ops.ResourceApplyRMSProp(
                ms=self.slots["velocity"].handle,
                mom=momentum.handle,
                rho=tf.constant(_RHO, dtype),
                momentum=tf.constant(self._momentum, dtype),
                epsilon=tf.constant(_EPSILON, dtype),
                **common,
            )
        elif self._momentum:
            tf.raw_ops.ResourceApplyKerasMomentum(
                accum=self.slots["momentum"].handle,
                # Keras rounds this one to float32 too, though not that of RMSprop.
                momentum=tf.constant(float(np.float32(self._momentum)), dtype),
                **common,
            )
        else:
            tf.raw_ops.ResourceApplyGradientDescent(
                var=self._path.handle, alpha=rate, delta=gradient
            )
