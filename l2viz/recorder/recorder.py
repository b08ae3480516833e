"""Recorder: a Keras callback that keeps data loss and penalty apart, and records the weights."""

from __future__ import annotations

import inspect
import warnings
import weakref
from pathlib import Path
from typing import Any

import keras
import numpy as np

from l2viz.interop.model_layers import parts_of
from l2viz.interop.regularizers import config_of
from l2viz.interop.settings_without_effect import remarks_on
from l2viz.recorder.first_build import built_for_training
from l2viz.recorder.penalty_terms import MeanOverSteps, Observation, PenaltyTerms, as_array
from l2viz.recorder.recording import Recording
from l2viz.recorder.sample import Sample
from l2viz.trajectory import Array, Trajectory
from l2viz.validation import InvalidValue, number

# What was seen of compiled steps: they keep their regularizers until the model is compiled again.
_SEEN: weakref.WeakKeyDictionary[Any, dict[str, _Step]] = weakref.WeakKeyDictionary()


class _Step:
    """A training or validation step: which variables' penalties are in its loss."""

    def __init__(self, function: Any, variables: list[Any], terms: PenaltyTerms) -> None:
        self.function = function  # Keras's compiled one; None before it is made
        self.terms = terms
        self.fresh = False  # whether it will be traced under observation
        self.observation = Observation(variables)
        self.reached = np.ones(len(terms.variables), dtype=bool)

    def end_observation(self) -> None:
        """Put the regularizers back, and keep which of them a fresh step has called."""
        running = self.observation.running
        self.observation.end()
        if running and self.fresh:
            called = self.observation.called
            self.reached = np.array([id(v) in called for v in self.terms.variables], dtype=bool)
            self.fresh = False

    def penalties(self, terms: Array) -> dict[int, float]:
        """Return the penalties that are in the step's loss, by the ids of their variables."""
        counted = np.where(self.reached, terms, 0.0)
        return {id(v): float(p) for v, p in zip(self.terms.variables, counted, strict=True)}


class Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """loss = data_loss + penalty, and val_loss = val_data_loss + val_penalty, in Keras's logs.

    ``model.fit(..., callbacks=[recorder])``; then ``recorder.trajectory``. The four names stand in
    `History`, the progress bar, `CSVLogger` and `TensorBoard`, and `EarlyStopping` can monitor
    ``val_data_loss``. Training stays as it is without a recorder, to the last bit.

    Parameters
    ----------
    sample : tuple of inputs and targets, or inputs, targets and sample weights, optional
        Examples on which the data loss and the gradients of data and penalty are measured at the
        start and after each epoch. Without them training losses are means over the epoch, as
        Keras's ``loss`` is one.
    strength : float, optional
        λ that the run stands for in a path of several runs. By default the number in its
        regularizers, or the largest of several; 0 without any.
    name : str, optional
        Of the run; by default the model's.

    Attributes
    ----------
    trajectory : Trajectory
        What has been recorded. Penalties are those of the weights at the end of an epoch:
        ``sum(model.losses)``, without losses that depend on a batch.

    Notes
    -----
    ``penalty`` in the logs is the mean over the epoch's steps, each before its update, as ``loss``
    is; ``val_penalty`` is that of the weights at the end of the epoch. Activity regularizers and
    `add_loss` depend on a batch, and stay in the data losses. A second `fit` of the same model
    continues the recording.

    A warning says once where a penalty is declared and is not in the training step: where a custom
    `train_step` leaves out `model.losses`, a regularizer was set after its weight was made, or λ
    was changed after the step was traced. The first is seen while the step is traced, the last in
    the penalties' values. Of a step that was traced by a `fit` without a recorder nothing is known,
    and it is taken to contain the penalties.
    """

    def __init__(
        self,
        *,
        sample: object = None,
        strength: float | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__()
        self._sample = None if sample is None else Sample(sample)
        self._strength = None if strength is None else number("strength", strength, 0.0, 1e100)
        self._name = name
        self._recording: Recording | None = None
        self._warned: set[str] = set()
        self._settings: list[Any] | None = None  # of the regularizers, at the last look
        self._train: _Step | None = None
        self._test: _Step | None = None

    @property
    def trajectory(self) -> Trajectory:
        """Return what has been recorded so far."""
        if self._recording is None:
            raise InvalidValue("recorder", "be used in a fit first", self)
        return self._recording.trajectory()

    @property
    def has_recorded(self) -> bool:
        """Return whether there is a trajectory."""
        return self._recording is not None

    def save(self, path: str | Path) -> None:
        """Write the trajectory to a file, which `l2viz.open` reads."""
        self.trajectory.save(path)

    # ---- Keras's events

    def set_model(self, model: Any) -> None:
        """Take the model, and the first place among its callbacks."""
        super().set_model(model)
        self._functions = {
            name: getattr(model, name, None) for name in ("train_function", "test_function")
        }
        _stand_first(self, inspect.currentframe())

    def on_train_begin(self, logs: Any = None) -> None:
        """Record the weights before the first step."""
        self._built = built_for_training(self.model, inspect.currentframe())
        if not self._built:
            self._warn(
                "the model is built in its first step, so that its penalties are in data_loss in "
                "this fit. Call it on a batch before"
            )
        Observation(self.model.trainable_variables).end()  # of a fit that an error has ended
        if self._recording is None or self._recording.model is not self.model:
            self._warned.clear()
            self._recording = Recording(self.model, self._sample, self._strength, self._name)
            for part in parts_of(self.model):
                for remark in remarks_on(part):
                    self._warn(remark)
        self._settings = None
        self._train = self._step("train")
        self._test = self._step("test")
        if self._recording.empty:
            self._recording.add(self._train.penalties(as_array(self._train.terms.now())), {})

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Begin the mean over the epoch's steps."""
        self._mean = MeanOverSteps(self.params.get("steps"))
        self._steps = self._last = 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Take the penalty before a step; observe the first one while it is traced."""
        train = self._known(self._train)
        if self._steps and train.observation.running:
            train.end_observation()
        if train.fresh and not self._steps:
            train.observation.begin()
        self._steps, self._last = batch + max(batch - self._last, 1), batch
        if self._mean.wants(batch):
            self._mean.add(batch, train.terms.within_epoch())

    def on_test_begin(self, logs: Any = None) -> None:
        """Observe the first validation step while it is traced."""
        if self._train is not None:
            self._train.end_observation()
        if self._test is not None and self._test.fresh:
            self._test.observation.begin()

    def on_test_end(self, logs: Any = None) -> None:
        """End the observation."""
        if self._test is not None:
            self._test.end_observation()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Split the losses in the logs, and record the epoch."""
        train, test = self._known(self._train), self._known(self._test)
        train.end_observation()
        at_end = as_array(train.terms.now())
        if self._may_have_changed():
            self._look_for_lost_penalties(train, at_end)
        logs = {} if logs is None else logs
        mean = self._mean.result(self.params.get("steps"), self._steps, at_end)
        _split(logs, "", float(mean[train.reached].sum()))
        if "val_loss" in logs:
            _split(logs, "val_", float(as_array(test.terms.now())[test.reached].sum()))
        recording = self._recording
        assert recording is not None
        recording.add(train.penalties(at_end), logs)

    def on_train_end(self, logs: Any = None) -> None:
        """Keep what was seen of the compiled steps, for a later `fit`."""
        if self._train is not None and self._test is not None:
            self._train.end_observation()
            self._train.function = getattr(self.model, "train_function", None)
            self._test.function = getattr(self.model, "test_function", None)
            _SEEN[self.model] = {"train": self._train, "test": self._test}

    # ---- what a step contains

    def _step(self, kind: str) -> _Step:
        """Return what is known of the model's step, from an earlier `fit` or Keras's own code."""
        model, function = self.model, self._functions[f"{kind}_function"]
        seen = _SEEN.get(model, {}).get(kind)
        variables = [v for v in model.trainable_variables if v.regularizer is not None]
        if seen is not None and function is not None and seen.function is function:
            return seen
        eager = model.run_eagerly or keras.backend.backend() == "torch"
        step = _Step(
            function, model.trainable_variables, PenaltyTerms(model, variables, compiled=not eager)
        )
        step.fresh = function is None or eager
        return step

    def _known(self, step: _Step | None) -> _Step:
        if step is None:
            raise InvalidValue("recorder", "be told that training begins", self)
        return step

    def _may_have_changed(self) -> bool:
        """Return whether a regularizer is not as it was at the end of the last epoch, or unknown.

        To call all of them takes longer than to compare their settings.
        """
        regularizers = [variable.regularizer for variable in self.model.trainable_variables]
        settings = [(each, dict(config_of(each))) for each in regularizers if each is not None]
        before, self._settings = self._settings, settings
        return settings != before or not all(config for _, config in settings)

    def _look_for_lost_penalties(self, train: _Step, at_end: Any) -> None:
        """Warn of penalties that the step does not have, or has with another strength."""
        paths = {id(v): f"{p.path}.{v.name}" for p in parts_of(self.model) for v in p.variables}
        lost, other = [], []
        for variable, reached, in_step in zip(
            train.terms.variables, train.reached, at_end, strict=True
        ):
            declared = 0.0
            if variable.regularizer is not None:
                declared = float(as_array(keras.ops.sum(variable.regularizer(variable))))
            if not reached and declared:
                lost.append(paths[id(variable)])
            elif reached and not np.isclose(declared, in_step, rtol=1e-3, equal_nan=True):
                other.append(paths[id(variable)])
        known = {id(variable) for variable in train.terms.variables}
        other += [
            paths[id(variable)]
            for variable in self.model.trainable_variables
            if self._built and variable.regularizer is not None and id(variable) not in known
        ]
        if lost:
            self._warn(
                f"the training step does not call the regularizer of {', '.join(lost)}, so that no "
                "such penalty is in its loss. A custom train_step must add sum(self.losses), or "
                "call self.compute_loss"
            )
        if other:
            self._warn(
                f"the regularizer of {', '.join(other)} was changed after the training step was "
                "traced: the step keeps the old one. Compile the model again"
            )

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            warnings.warn(f"l2viz.Recorder: {text}.", UserWarning, stacklevel=3)


def _split(logs: dict[str, Any], prefix: str, penalty: float) -> None:
    """Put data loss and penalty into logs that have a loss; the penalty alone into others."""
    logs[f"{prefix}penalty"] = penalty
    if f"{prefix}loss" in logs:
        logs[f"{prefix}data_loss"] = float(logs[f"{prefix}loss"]) - penalty


def _stand_first(recorder: Recorder, frame: Any) -> None:
    """Move a recorder before the other callbacks of its list, which read what it puts into logs.

    Keras hands one dict of logs from callback to callback, and has no other way to their list.
    """
    caller = None if frame is None else frame.f_back
    listed = None if caller is None else caller.f_locals.get("self")
    if isinstance(listed, keras.callbacks.CallbackList) and recorder in listed.callbacks:
        others = [callback for callback in listed.callbacks if callback is not recorder]
        listed.callbacks = [recorder, *others]  # a new list: the caller goes through the old one
