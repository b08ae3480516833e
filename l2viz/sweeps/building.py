"""build_model(strength) -> a model with all its variables, the same in every process."""

from __future__ import annotations

import collections
import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
from keras.src.backend.common import global_state  # the only place of Keras's counters of names

from l2viz.sweeps.examples import Examples
from l2viz.validation import InvalidValue

_NAMES = "object_name_uids"
_ONE_AT_A_TIME = threading.RLock()  # Python's random numbers are those of all threads


def built(build_model: Callable[[float], Any], strength: float, seed: int, batch: Examples) -> Any:
    """Return the compiled model of a strength, built for a batch. Raises InvalidValue.

    Initializers and Dropout layers without a seed draw one from Python's `random`, which has `seed`
    while the model is made: so members begin with equal weights, in whatever process.
    """
    with _same_draws_and_names(seed):
        model = build_model(strength)
        if not isinstance(model, keras.Model) or not model.compiled:
            raise InvalidValue("build_model", "return a compiled keras.Model", model)
        model._symbolic_build(data_batch=batch.parts)  # what `fit` calls before its first step
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
    return model


@contextlib.contextmanager
def _same_draws_and_names(seed: int) -> Iterator[None]:
    """Let unseeded layers draw the same, and unnamed ones have the same names, as any time else.

    Names of layers count up in a process ("dense_7"), and runs are merged by them.
    """
    with _ONE_AT_A_TIME:
        state, names = random.getstate(), global_state.get_global_attribute(_NAMES)
        random.seed(seed)
        global_state.set_global_attribute(_NAMES, collections.defaultdict(int))
        try:
            yield
        finally:
            random.setstate(state)
            global_state.set_global_attribute(_NAMES, names)


@dataclass(frozen=True, kw_only=True)
class KerasSettings:
    """Keras's settings of a process on which the numbers of a training depend."""

    floatx: str
    policy: Any
    image_data_format: str

    @classmethod
    def now(cls) -> KerasSettings:
        """Return those of this process."""
        config = keras.config
        return cls(
            floatx=config.floatx(),
            policy=keras.dtype_policies.serialize(config.dtype_policy()),
            image_data_format=config.image_data_format(),
        )

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Set this process to them for a while."""
        before = KerasSettings.now()
        self._set()
        try:
            yield
        finally:
            before._set()

    def _set(self) -> None:
        keras.config.set_floatx(self.floatx)
        keras.config.set_dtype_policy(keras.dtype_policies.deserialize(self.policy))
        keras.config.set_image_data_format(self.image_data_format)
