"""The epochs of one model's training so far, as a trajectory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from l2viz.interop.model_layers import parts_of
from l2viz.interop.regularizers import describe, strengths_of
from l2viz.recorder.penalty_terms import as_array
from l2viz.recorder.sample import Sample
from l2viz.recorder.weight_statistics import Layout, norm_and_angle, statistics
from l2viz.trajectory import THRESHOLDS, Array, RecordedModel, RunContext, Trajectory

_ACCURACIES = ("accuracy", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy")


class Recording:
    """What was measured after each epoch: trainable kernels, and all that is regularized.

    Kernels are variables of two or more axes. They are recorded without a regularizer too, so that
    runs with and without a penalty have the same variables.
    """

    def __init__(
        self, model: Any, sample: Sample | None, strength: float | None, name: str | None
    ) -> None:
        self.model = model
        self._sample, self._strength = sample, strength
        self._name = name or model.name
        trainable = {id(variable) for variable in model.trainable_variables}
        found = [
            (f"{part.path}.{variable.name}", variable)
            for part in parts_of(model)
            for variable in part.variables
            if id(variable) in trainable
            and (len(variable.shape) > 1 or variable.regularizer is not None)
        ]
        self._names = tuple(name for name, _ in found)
        self.variables = [variable for _, variable in found]
        self._regularizers = [variable.regularizer for variable in self.variables]
        self._layout = Layout.of([as_array(variable) for variable in self.variables])
        self._epochs: list[dict[str, Array]] = []

    @property
    def empty(self) -> bool:
        """Return whether nothing has been recorded."""
        return not self._epochs

    def add(
        self,
        penalties: Mapping[int, float],
        logs: Mapping[str, Any],
        weights: Mapping[int, Array] | None = None,
    ) -> None:
        """Record the weights now, with the penalties of variables by their ids, and the logs.

        weights   by the ids of their variables, where the model itself does not have them yet
        """
        values = [
            as_array(variable) if weights is None else weights[id(variable)]
            for variable in self.variables
        ]
        measured = statistics(values, self._layout)
        measured["penalty"] = np.array([penalties.get(id(v), 0.0) for v in self.variables])
        measured |= self._losses(logs) | self._gradients()
        self._epochs.append({name: np.asarray(value) for name, value in measured.items()})

    def _losses(self, logs: Mapping[str, Any]) -> dict[str, Any]:
        losses = {
            "train_data_loss": logs.get("data_loss", math.nan),
            "val_data_loss": logs.get("val_data_loss", math.nan),
            "test_data_loss": math.nan,
        }
        for name in _ACCURACIES:
            if name in logs and f"val_{name}" in logs:
                losses |= {"train_accuracy": logs[name], "val_accuracy": logs[f"val_{name}"]}
                break
        return losses

    def _gradients(self) -> dict[str, Any]:
        """Return what is measured on the sample; NaN without one."""
        layers = len(self.variables)
        unknown = {
            "data_gradient_norm": np.full(layers, np.nan),
            "gradient_angle": np.full(layers, np.nan),
            "idle_sparsity": np.full((layers, len(THRESHOLDS)), np.nan),
            "sampled_gradients": np.full(sum(map(len, self._layout.sampled)), np.nan),
        }
        if self._sample is None:
            return unknown
        found = self._sample.measure(self.model, self.variables)
        both = zip(found.data_gradients, found.penalty_gradients, strict=True)
        norms, angles = zip(*(norm_and_angle(*pair) for pair in both), strict=True)
        flat = [gradient.reshape(-1) for gradient in found.data_gradients]
        sampled = [g[at] for g, at in zip(flat, self._layout.sampled, strict=True)]
        return {
            "train_data_loss": found.data_loss,
            "data_gradient_norm": np.array(norms),
            "gradient_angle": np.array(angles),
            "idle_sparsity": self._idle(flat),
            "sampled_gradients": np.concatenate(sampled),
        }

    def _idle(self, gradients: list[Array]) -> Array:
        """Return the share of weights within each threshold that have no gradient, (L, T)."""
        shares = []
        for variable, gradient in zip(self.variables, gradients, strict=True):
            weights = np.abs(as_array(variable).reshape(-1))[gradient == 0.0]
            within = np.searchsorted(np.sort(weights), THRESHOLDS, side="right")
            shares.append(within / max(gradient.size, 1))
        return np.array(shares)

    def trajectory(self) -> Trajectory:
        """Return all epochs as a trajectory of one strength."""
        layout = self._layout
        sampled = layout.sampled
        context = RunContext(
            trained=self._model(),
            layer_names=self._names,
            kernel_shapes=tuple(tuple(variable.shape) for variable in self.variables),
            bin_edges=layout.edges,
            thresholds=THRESHOLDS,
            sampled_layer=np.repeat(np.arange(len(sampled)), [len(each) for each in sampled]),
            sampled_index=np.concatenate([*sampled, np.zeros(0, dtype=np.int64)]),
            test_examples=0,
            gradient_examples=0 if self._sample is None else self._sample.examples,
            constant_loss=math.nan,
            threads=0,
            versions={"keras": keras.__version__, "backend": keras.backend.backend()},
        )
        names = dict.fromkeys(name for each in self._epochs for name in each)
        measured: dict[str, Any] = {name: self._stacked(name) for name in names}
        return Trajectory(
            context=context,
            strengths=np.array(context.trained.strengths),
            epochs=np.arange(len(self._epochs)),
            **measured,
        )

    def _stacked(self, name: str) -> Array:
        """Return one field at all epochs, (1, E+1, ...); NaN where an epoch does not have it."""
        taken = [each.get(name, np.float64(math.nan)) for each in self._epochs]
        stacked = np.stack(taken)[None]
        return stacked if name == "histogram" else stacked.astype(np.float32)

    def _model(self) -> RecordedModel:
        found = [
            value
            for regularizer in self._regularizers
            if regularizer is not None
            for value in strengths_of(regularizer).values()
        ]
        strength = max(found, default=0.0) if self._strength is None else self._strength
        kinds = {"" if r is None else type(r).__name__.lower() for r in self._regularizers}
        simple = len(kinds) == 1 and kinds <= {"l1", "l2", "l1l2"} and set(found) == {strength}
        return RecordedModel(
            name=self._name,
            strengths=(strength,),
            epochs=len(self._epochs) - 1,
            penalty=kinds.pop() if simple else "other",
            variables=self._names,
            shapes=tuple(tuple(variable.shape) for variable in self.variables),
            regularizers=(tuple("" if r is None else describe(r) for r in self._regularizers),),
            on_sample=self._sample is not None,
        )
