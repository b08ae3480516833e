"""Snapshot: a path at one epoch; RunContext: what is known before the first. numpy only."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from l2viz.experiment import Experiment

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class RunContext:
    """What is known of a run before its first step.

    layer_names     (L,) the regularized kernels, in the order of every L axis
    kernel_shapes   (L,) their shapes
    parameter_count all trainable weights of one member
    bin_edges       (L, bins + 1) of the histograms; the two outermost bins also count all
                    weights beyond them
    thresholds      (T,) the τ at which sparsity is counted
    sampled_layer   (S,) the layer, 0 to L-1, of each weight that is followed singly
    sampled_index   (S,) its position in the flattened kernel
    test_examples   behind every test figure
    gradient_examples   training examples on which the data gradient is measured
    constant_loss   data loss of the best constant predictor on the training targets
    threads         TensorFlow's intra-op threads: the bits of a run depend on them
    versions        of the libraries that trained it
    picture_epochs  (P,) the recorded epochs of which `unit_pictures` are kept
    picture_limit   the weight that a picture stores as 127
    train_points    (train examples, 2 or 3) inputs and target, where inputs are one or two numbers
    grid_inputs     (P,) where `grid_predictions` were taken, and
    grid_truth      (P,) the noiseless function there
    grid_extent     (lowest x, highest x, lowest y, highest y) of `boundary`
    true_kernel     (inputs,) the coefficients that a linear set was drawn with, of a linear model
    """

    experiment: Experiment
    layer_names: tuple[str, ...]
    kernel_shapes: tuple[tuple[int, ...], ...]
    parameter_count: int
    bin_edges: Array
    thresholds: Array
    sampled_layer: Array
    sampled_index: Array
    test_examples: int
    gradient_examples: int
    constant_loss: float
    threads: int
    versions: dict[str, str]
    picture_epochs: tuple[int, ...] = ()
    picture_limit: float = 1.0
    train_points: Array | None = None
    grid_inputs: Array | None = None
    grid_truth: Array | None = None
    grid_extent: tuple[float, float, float, float] | None = None
    true_kernel: Array | None = None

    @property
    def kernel_sizes(self) -> tuple[int, ...]:
        """(L,) weights of each regularized kernel."""
        return tuple(math.prod(shape) for shape in self.kernel_shapes)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """The arrays that are measured; in a Snapshot every one opens with the K strengths.

    With several twins or repeats all of them open with a twin axis and a repeat axis, (T, R, K,
    ...). The summaries are kept of every repeat; of the rest, the details, the first repeat alone
    is kept, and their repeat axis has length 1.

    Summaries
    train_data_loss, val_data_loss, test_data_loss   (K,) without penalty
    train_accuracy, val_accuracy, test_accuracy      (K,) classification only
    penalty             (K, L) λ·Σw² of each kernel (or what the twin's regularizer gives), with
                        that of its layer's bias where biases are regularized
    bias_penalty        (K, L) the part of `penalty` that is a bias's, where biases are regularized
    kernel_norm         (K, L) ‖w‖₂
    data_gradient_norm  (K, L) ‖∂(data loss)/∂w‖₂ of each whole kernel
    gradient_angle      (K, L) degrees between it and the penalty's gradient, which points
                        along w at every strength
    grid_predictions    (K, P) the fitted curve, where inputs are single numbers

    Details
    histogram           (K, L, bins) weights in each bin
    sparsity            (K, L, T) share of weights with |w| <= τ
    idle_sparsity       (K, L, T) of all weights, the share that is within τ and has no data
                        gradient on the examples it is measured on: decay alone moves it
    exact_zeros         (K, L) share of weights that are exactly zero
    unit_norm           (K, U) norm of what enters each unit of the first layer, the first 64
    sampled_weights     (K, S)
    sampled_gradients   (K, S) ∂(data loss)/∂w of the same weights
    sampled_velocity    (K, S) √v, the optimizer's root mean square gradient of the same weights;
                        Adam, AdamW and RMSprop only
    boundary            (K, 40, 40) uint8, probability of class 1 × 255 over `grid_extent`, rows
                        from the lowest y up, where inputs are points of a plane
    dummy_probabilities (K, classes) the answer to one input of random pixels, for images
    unit_pictures       (K, units, height, width) int8, first-layer kernels as pictures, of some
                        epochs alone: None at the others
    """

    train_data_loss: Array
    val_data_loss: Array
    test_data_loss: Array
    train_accuracy: Array | None = None
    val_accuracy: Array | None = None
    test_accuracy: Array | None = None
    penalty: Array
    bias_penalty: Array | None = None
    kernel_norm: Array
    data_gradient_norm: Array
    gradient_angle: Array
    grid_predictions: Array | None = None
    histogram: Array
    sparsity: Array
    idle_sparsity: Array
    exact_zeros: Array
    unit_norm: Array
    sampled_weights: Array
    sampled_gradients: Array
    sampled_velocity: Array | None = None
    boundary: Array | None = None
    dummy_probabilities: Array | None = None
    unit_pictures: Array | None = None


MEASURED = tuple(field.name for field in dataclasses.fields(Measured))
SUMMARIES = MEASURED[: MEASURED.index("histogram")]  # kept of every repeat
PICTURES = "unit_pictures"


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot(Measured):
    """All members of a path at the end of one epoch."""

    epoch: int
