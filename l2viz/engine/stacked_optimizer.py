"""Keras's optimizers for one variable that holds all members, by TensorFlow's fused kernels.

The formulas are in keras/src/optimizers/{sgd,rmsprop,adam}.py, the weight decay in
base_optimizer.py. All of them are elementwise. A fused kernel reads and writes the weights once
where Keras's own operations do so ten times, which here would take up to half of a step.

One thing differs in float32. Both average squared gradients as v ← v + (g² − v)·(1 − β), but Keras
multiplies by float32(1 − β), a kernel by 1 − float32(β): for β = 0.999 by 1.3e-5 less. With k and
K for the two, the n-th average of the kernel is Keras's times

    share · growthⁿ    share = K / k, growth = (1 − K) / (1 − k),

provided that its n-th gradient is Keras's times √growthⁿ. So each gradient is multiplied by that
factor, and learning rate and ε are adapted to the scale of √v. RMSprop in Keras is
v ← β·v + k·g²: its growth is 1. In float64 K = k, and nothing changes. The first moment of Adam
needs no share: the effect of one gradient over all steps after it is the same under K and k.
"""

from __future__ import annotations

import math
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
    """One optimizer for every weight of every row; its state can be read as Keras's own."""

    def __init__(self, experiment: Experiment, path: tf.Variable) -> None:
        self._name = experiment.optimizer
        self._momentum = experiment.momentum
        self._clip_value = experiment.clip_value
        self._path = path
        names = list(_SLOTS[self._name])
        if experiment.momentum:
            names.append("momentum")
        self._slots = {name: tf.Variable(tf.zeros_like(path)) for name in names}
        self._kept = list(self._slots.values())
        if self._name == "rmsprop" and not experiment.momentum:  # the fused kernel needs one
            self._unused = tf.Variable(tf.zeros_like(path))
            self._kept.append(self._unused)
        self.iterations = tf.Variable(0, dtype=tf.int64)
        self.learning_rate = tf.Variable(0.0, dtype=path.dtype)
        self._share, self._growth = 1.0, 1.0
        if self._name == "rmsprop":
            self._share, _ = _share_and_growth(_RHO, experiment.dtype)
        elif self._name in ("adam", "adamw"):
            self._share, self._growth = _share_and_growth(_BETA_2, experiment.dtype)

    @property
    def slots(self) -> dict[str, tf.Tensor]:
        """Return the optimizer's state by Keras's names, "momentum" and "velocity".

        In the shape of the path, (S, weights), and in Keras's scale.
        """
        slots = {name: variable.value() for name, variable in self._slots.items()}
        scale = self._scale(self.iterations)
        if self._name in ("adam", "adamw"):
            slots["momentum"] /= scale
        if "velocity" in slots:
            slots["velocity"] /= self._share * tf.square(scale)
        return slots

    @property
    def variables(self) -> list[tf.Variable]:
        """Return all variables that training changes, and the learning rate."""
        return [*self._kept, self.iterations, self.learning_rate]

    def restart(self, learning_rate: float) -> None:
        """Reset all state, NaN of a diverged run included, and set the learning rate."""
        for variable in self._kept:
            variable.assign(tf.zeros_like(variable))
        self.iterations.assign(0)
        self.learning_rate.assign(learning_rate)

    def gradient_scale(self) -> tf.Tensor:
        """Return the factor of the next gradient, √growthⁿ⁺¹ after n steps: see the top."""
        return self._scale(self.iterations + 1)

    def _scale(self, step: tf.Tensor) -> tf.Tensor:
        """Return √growthⁿ for step n."""
        exponent = tf.cast(step, tf.float64) * (0.5 * math.log(self._growth))
        return tf.cast(tf.exp(exponent), self._path.dtype)

    def apply(self, gradient: tf.Tensor) -> None:
        """Update every weight by one step; `gradient` must be multiplied by `gradient_scale`."""
        dtype = self._path.dtype
        rate = self.learning_rate.read_value()
        iterations = self.iterations.assign_add(1, read_value=True)
        step = tf.cast(iterations, dtype)
        if self._clip_value:  # of the gradient itself, before the decay, as base_optimizer.py does
            reach = tf.constant(self._clip_value, dtype) * self._scale(iterations)
            gradient = tf.clip_by_value(gradient, -reach, reach)
        common: dict[str, Any] = {"var": self._path.handle, "grad": gradient}
        if self._name in ("adam", "adamw"):
            tf.raw_ops.ResourceApplyAdam(
                m=self._slots["momentum"].handle,
                v=self._slots["velocity"].handle,
                lr=rate * math.sqrt(self._share),
                # Keras rounds β to float32 in the power, and there alone, in float64 too.
                beta1_power=tf.pow(tf.constant(float(np.float32(_BETA_1)), dtype), step),
                beta2_power=tf.pow(tf.constant(float(np.float32(_BETA_2)), dtype), step),
                beta1=tf.constant(_BETA_1, dtype),
                beta2=tf.constant(_BETA_2, dtype),
                epsilon=self._scale(iterations) * (_EPSILON * math.sqrt(self._share)),
                **common,
            )
        elif self._name == "rmsprop":
            momentum = self._slots["momentum"] if self._momentum else self._unused
            tf.raw_ops.ResourceApplyRMSProp(
                ms=self._slots["velocity"].handle,
                mom=momentum.handle,
                lr=rate * math.sqrt(self._share),
                rho=tf.constant(_RHO, dtype),
                momentum=tf.constant(self._momentum, dtype),
                epsilon=tf.constant(_EPSILON * self._share, dtype),
                **common,
            )
        elif self._momentum:
            tf.raw_ops.ResourceApplyKerasMomentum(
                accum=self._slots["momentum"].handle,
                lr=rate,
                # Keras rounds this one to float32 too, though not the momentum of RMSprop.
                momentum=tf.constant(float(np.float32(self._momentum)), dtype),
                **common,
            )
        else:
            tf.raw_ops.ResourceApplyGradientDescent(
                var=self._path.handle, alpha=rate, delta=gradient
            )


def _share_and_growth(beta: float, dtype: str) -> tuple[float, float]:
    """Return K / k and (1 − K) / (1 − k): see the top of this file."""
    rounded = np.dtype(dtype).type
    keras = float(rounded(1.0 - beta))
    kernel = float(rounded(1.0) - rounded(beta))
    return kernel / keras, (1.0 - kernel) / (1.0 - keras)
