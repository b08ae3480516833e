"""Snapshot and Trajectory: what was measured of a path, epoch by epoch. numpy only."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment import Experiment

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class RunContext:
    """What is known of a run before its first step.

    layer_names     (L,) the regularized layers, in the order of every L axis
    kernel_sizes    (L,) weights of each regularized kernel
    bin_edges       (L, bins + 1) of the histograms; the two outermost bins also count all
                    weights beyond them
    sampled_layer   (S,) the layer, 0 to L-1, of each weight that is followed singly
    sampled_index   (S,) its position in the flattened kernel
    test_examples   behind every test figure
    gradient_examples   training examples on which the data gradient is measured
    constant_loss   data loss of the best constant predictor on the training targets
    threads         TensorFlow's intra-op threads: the bits of a run depend on them
    versions        of the libraries that trained it
    image_shape     (height, width) of the inputs, where they are images
    train_points    (train examples, 2) input and target, where both are single numbers
    grid_inputs     (P,) where `grid_predictions` were taken, and
    grid_truth      (P,) the noiseless function there
    """

    experiment: Experiment
    layer_names: tuple[str, ...]
    kernel_sizes: tuple[int, ...]
    bin_edges: Array
    sampled_layer: Array
    sampled_index: Array
    test_examples: int
    gradient_examples: int
    constant_loss: float
    threads: int
    versions: dict[str, str]
    image_shape: tuple[int, int] | None = None
    train_points: Array | None = None
    grid_inputs: Array | None = None
    grid_truth: Array | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """The arrays that are measured; in a Snapshot every one opens with the K strengths.

    train_data_loss, val_data_loss, test_data_loss   (K,) without penalty
    train_accuracy, val_accuracy, test_accuracy      (K,) classification only
    penalty             (K, L) λ·Σw² of each kernel
    kernel_norm         (K, L) ‖w‖₂
    histogram           (K, L, bins) weights in each bin
    sampled_weights     (K, S)
    sampled_gradients   (K, S) ∂(data loss)/∂w of the same weights
    data_gradient_norm  (K, L) ‖∂(data loss)/∂w‖₂ of each whole kernel
    gradient_angle      (K, L) degrees between it and the penalty's gradient, which points
                        along w at every strength
    grid_predictions    (K, P) the fitted curve, where inputs are single numbers
    unit_pictures       (K, units, height, width) first-layer kernels, where inputs are images
    """

    train_data_loss: Array
    val_data_loss: Array
    test_data_loss: Array
    train_accuracy: Array | None = None
    val_accuracy: Array | None = None
    test_accuracy: Array | None = None
    penalty: Array
    kernel_norm: Array
    histogram: Array
    sampled_weights: Array
    sampled_gradients: Array
    data_gradient_norm: Array
    gradient_angle: Array
    grid_predictions: Array | None = None
    unit_pictures: Array | None = None


MEASURED = tuple(field.name for field in dataclasses.fields(Measured))


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot(Measured):
    """All members of a path at the end of one epoch."""

    epoch: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Trajectory(Measured):
    """What was measured of a path, with an epoch axis behind the strengths.

    strengths (K,), epochs (E+1,), and every field of Measured as (K, E+1, ...).
    kernels: the L regularized kernels at the last epoch, (K, *kernel shape) each; empty while
    the path is still training.
    """

    context: RunContext
    strengths: Array
    epochs: Array
    kernels: tuple[Array, ...] = ()

    @property
    def experiment(self) -> Experiment:
        return self.context.experiment

    @property
    def layer_names(self) -> tuple[str, ...]:
        return self.context.layer_names

    @classmethod
    def of(
        cls,
        context: RunContext,
        snapshots: Sequence[Snapshot],
        kernels: Sequence[Array] = (),
    ) -> Trajectory:
        """The trajectory of consecutive snapshots, at least one."""
        measured = {
            name: np.stack([getattr(snapshot, name) for snapshot in snapshots], axis=1)
            for name in MEASURED
            if getattr(snapshots[0], name) is not None
        }
        return cls(
            context=context,
            strengths=np.array(context.experiment.strengths),
            epochs=np.array([snapshot.epoch for snapshot in snapshots]),
            kernels=tuple(kernels),
            **measured,
        )

    def save(self, path: Path) -> None:
        """One compressed .npz file; `load` gives the same trajectory back."""
        context = {
            field.name: getattr(self.context, field.name)
            for field in dataclasses.fields(RunContext)
        }
        context["experiment"] = self.experiment.as_json()
        arrays = {f"context.{n}": v for n, v in context.items() if isinstance(v, np.ndarray)}
        words = {n: v for n, v in context.items() if not isinstance(v, np.ndarray)}
        arrays |= {n: getattr(self, n) for n in MEASURED if getattr(self, n) is not None}
        arrays |= {f"kernel.{i}": kernel for i, kernel in enumerate(self.kernels)}
        arrays |= {"context": np.array(json.dumps(words)), "epochs": self.epochs}
        with path.open("wb") as file:  # given a path, numpy would add an ending of its own
            np.savez_compressed(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> Trajectory:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            words = json.loads(str(file["context"]))
            arrays = {name: file[name] for name in file.files if name != "context"}
        words["experiment"] = Experiment.from_json(words["experiment"])
        for name in ("layer_names", "kernel_sizes", "image_shape"):
            words[name] = words[name] if words[name] is None else tuple(words[name])
        words |= {n.removeprefix("context."): a for n, a in arrays.items() if "context." in n}
        kernels = [name for name in arrays if name.startswith("kernel.")]
        return cls(
            context=RunContext(**words),
            strengths=np.array(words["experiment"].strengths),
            epochs=arrays["epochs"],
            kernels=tuple(arrays[name] for name in sorted(kernels)),
            **{name: arrays[name] for name in MEASURED if name in arrays},
        )
