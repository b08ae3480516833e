"""The penalty of each regularized variable, computed as the training step computes it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from l2viz.trajectory import Array

MOST_POINTS = 16  # steps of an epoch at which the penalty is computed: each costs a call


class PenaltyTerms:
    """Σ r(w) of each variable with a regularizer r.

    Like a compiled training step it keeps the regularizers of the time at which it was made, with
    their settings; if not `compiled`, it asks each variable for its regularizer again.
    """

    def __init__(self, model: Any, variables: list[Any], *, compiled: bool) -> None:
        self.variables = variables
        self._model = model
        position = {id(variable): at for at, variable in enumerate(model.trainable_variables)}
        self._positions = [position[id(variable)] for variable in variables]
        self._terms = (_compiled if compiled else _eager)(variables)

    def now(self) -> Any:
        """Return the penalties of the current weights as a tensor (V,)."""
        return self._terms([_value(variable) for variable in self.variables])

    def within_epoch(self) -> Any:
        """Return them while an epoch runs, in which JAX keeps the weights outside the model."""
        state = getattr(self._model, "_jax_state", None)
        if keras.backend.backend() == "jax" and state and not self._model._jax_state_synced:
            values = state["trainable_variables"]
            return self._terms([values[at] for at in self._positions])
        return self.now()


def _value(variable: Any) -> Any:
    # TensorFlow's compiled function reads the variables themselves.
    return variable if keras.backend.backend() == "tensorflow" else variable.value


def _stacked(regularizers: list[Any], values: list[Any]) -> Any:
    return keras.ops.stack(
        [as_float(keras.ops.sum(r(v))) for r, v in zip(regularizers, values, strict=True)]
    )


def _eager(variables: list[Any]) -> Callable[[list[Any]], Any]:
    if not variables:
        return lambda values: np.zeros(0)
    return lambda values: _stacked([_own(v.regularizer) for v in variables], values)


def _compiled(variables: list[Any]) -> Callable[[list[Any]], Any]:
    regularizers = [_own(variable.regularizer) for variable in variables]
    backend = keras.backend.backend()
    if not variables or backend not in ("tensorflow", "jax"):
        return _eager(variables)
    if backend == "jax":
        import jax

        jitted: Callable[[list[Any]], Any] = jax.jit(functools.partial(_stacked, regularizers))
        return jitted
    import tensorflow as tf

    function = tf.function(lambda: _stacked(regularizers, variables))
    return lambda values: function()


def _own(regularizer: Any) -> Any:
    """Return the user's regularizer, also while a witness stands in for it."""
    return regularizer.of if isinstance(regularizer, _Observed) else regularizer


def as_float(tensor: Any) -> Any:
    """Return a tensor in a type that numpy has: bfloat16 becomes float32."""
    known = keras.backend.standardize_dtype(tensor.dtype) in ("float32", "float64")
    return tensor if known else keras.ops.cast(tensor, "float32")


def as_array(tensor: Any) -> Array:
    """Return a tensor or variable as an array of floats."""
    tensor = as_float(keras.ops.convert_to_tensor(tensor))
    if keras.backend.backend() == "tensorflow":  # whose conversion by numpy is deprecated
        return np.asarray(tensor.numpy())
    array: Array = keras.ops.convert_to_numpy(tensor)
    return array


class MeanOverSteps:
    """The mean of a penalty over the steps of an epoch, each taken before its update.

    As Keras's ``loss`` is one. In a long epoch the penalty is computed at MOST_POINTS steps at
    most, and lies on a line between them.

    steps   of the epoch, None if unknown
    """

    def __init__(self, steps: int | None) -> None:
        self._steps: list[int] = []
        self._penalties: list[Any] = []
        self._stride = -(-(steps or 1) // MOST_POINTS)

    def wants(self, step: int) -> bool:
        """Return whether the penalty before this step is needed."""
        return step % self._stride == 0

    def add(self, step: int, penalties: Any) -> None:
        """Take the penalties before a step."""
        self._steps.append(step)
        self._penalties.append(penalties)
        if len(self._steps) > MOST_POINTS:
            self._steps, self._penalties = self._steps[::2], self._penalties[::2]
            self._stride *= 2

    def result(self, steps: int | None, begun: int, at_end: Array) -> Array:
        """Return the mean of each penalty over the steps of an epoch, (V,).

        Where Keras does not know their number, it begins one more than there are data for: after
        its beginning no weight has changed.
        """
        taken = [as_array(each) for each in self._penalties]
        if steps is None:
            unchanged = bool(taken) and np.array_equal(taken[-1], at_end)
            steps = begun - (unchanged and self._steps[-1] == begun - 1)
        at = [step for step in self._steps if step < steps] + [steps]
        if len(at) == 1:
            return at_end
        points = np.stack([*taken[: len(at) - 1], at_end])
        every = np.arange(steps)
        means: Array = np.array([np.interp(every, at, each).mean() for each in points.T])
        return means


class _Observed(keras.regularizers.Regularizer):  # type: ignore[misc]
    """Stands in for a regularizer while a step is traced, and notes whether it is called."""

    def __init__(self, of: Any, called: set[int], key: int) -> None:
        self.of, self._called, self._key = of, called, key

    def __call__(self, weights: Any) -> Any:
        self._called.add(self._key)
        return self.of(weights)

    def get_config(self) -> Any:
        return self.of.get_config()


class Observation:
    """Which regularizers the model's own code calls between `begin` and `end`."""

    def __init__(self, variables: list[Any]) -> None:
        self._variables = variables
        self.called: set[int] = set()
        self.running = False

    def begin(self) -> None:
        """Put a witness in the place of every regularizer."""
        for variable in self._variables:
            if variable.regularizer is not None and not self.running:
                witness = _Observed(variable.regularizer, self.called, id(variable))
                variable.regularizer = witness
        self.running = True

    def end(self) -> None:
        """Put the regularizers back."""
        for variable in self._variables:
            if isinstance(variable.regularizer, _Observed):
                variable.regularizer = variable.regularizer.of
        self.running = False
