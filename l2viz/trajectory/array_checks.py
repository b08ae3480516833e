"""Check the arrays of a file against the context they stand with: types, shapes, epochs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from l2viz.trajectory.links import links_of
from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import PICTURES, SUMMARIES, Array, Measured, RunContext

_FLOATS, _INTEGERS = "f", "iu"  # kinds of numpy's types

# The axes of each array behind the epochs. Those whose size the context does not tell may have any.
_AXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("train_data_loss", "val_data_loss", "test_data_loss"), ()),
        **dict.fromkeys(("train_accuracy", "val_accuracy", "test_accuracy"), ()),
        **dict.fromkeys(("wrong_labels_learnt", "true_labels_right"), ()),
        **dict.fromkeys(("dead_units", "faded_units"), ("hidden",)),
        **dict.fromkeys(("penalty", "bias_penalty", "kernel_norm"), ("layers",)),
        **dict.fromkeys(("data_gradient_norm", "gradient_angle", "exact_zeros"), ("layers",)),
        "grid_predictions": ("grid",),
        "histogram": ("layers", "bins"),
        **dict.fromkeys(("sparsity", "idle_sparsity"), ("layers", "thresholds")),
        "unit_norm": ("units",),
        **dict.fromkeys(("sampled_weights", "sampled_gradients", "sampled_velocity"), ("samples",)),
        "boundary": ("rows", "columns"),
        "dummy_probabilities": ("classes",),
        **dict.fromkeys(("link_weights", "link_gradients"), ("links",)),
        "unit_answers": ("faces", "rows", "columns"),
        PICTURES: ("pictures", "height", "width"),
    }
)
_OF_INTEGERS = ("histogram", "boundary", "unit_answers", PICTURES)


def check_arrays(context: RunContext, arrays: Mapping[str, Array]) -> None:
    """Raise ValueError for the first array that a trajectory with this context cannot have."""
    _check_context(context)
    epochs = _epochs(context, arrays)
    pictured = len(np.intersect1d(context.picture_epochs, epochs))
    for field in dataclasses.fields(Measured):
        if field.name in arrays:
            recorded = pictured if field.name == PICTURES else len(epochs)
            _check_measured(context, field.name, arrays[field.name], recorded)
        elif field.default is dataclasses.MISSING:
            raise ValueError(f"{field.name} is missing")
    kernels = {name: array for name, array in arrays.items() if name.startswith("kernel.")}
    if kernels:
        _check_kernels(context, kernels)


def _check_context(context: RunContext) -> None:
    trained, layers = context.trained, len(context.layer_names)
    for name, found, wanted in (
        ("layer_names", context.layer_names, trained.kernel_names),
        ("kernel_shapes", context.kernel_shapes, trained.kernel_shapes),
    ):
        if found != wanted:
            raise ValueError(f"{name} must be {wanted}, as the experiment says, got {found}")
    _check("bin_edges", context.bin_edges, _FLOATS, (layers, None))
    _check("thresholds", context.thresholds, _FLOATS, (None,))
    _check("sampled_layer", context.sampled_layer, _INTEGERS, (None,))
    _check("sampled_index", context.sampled_index, _INTEGERS, context.sampled_layer.shape)
    if context.grid_inputs is not None:
        _check("grid_inputs", context.grid_inputs, _FLOATS, (None,))
    layer, index = context.sampled_layer, context.sampled_index
    if ((layer < 0) | (layer >= layers)).any():
        raise ValueError(f"sampled_layer must be from 0 to {layers - 1}")
    if ((index < 0) | (index >= np.array(context.kernel_sizes)[layer])).any():
        raise ValueError("sampled_index must be a position in its kernel")


def _epochs(context: RunContext, arrays: Mapping[str, Array]) -> Array:
    if "epochs" not in arrays:
        raise ValueError("epochs is missing")
    epochs = arrays["epochs"]
    _check("epochs", epochs, _INTEGERS, (None,))
    if not epochs.size or (np.diff(epochs) <= 0).any():
        raise ValueError("epochs must rise, and be at least one")
    if not np.isin(epochs, context.trained.recorded_epochs).all():
        raise ValueError("epochs must be recorded epochs of the experiment")
    return epochs


def _check_measured(context: RunContext, name: str, array: Array, recorded: int) -> None:
    trained = context.trained
    links = None if isinstance(trained, RecordedModel) else links_of(trained)
    sizes = {
        "layers": len(context.layer_names),
        "bins": context.bin_edges.shape[1] - 1,
        "thresholds": len(context.thresholds),
        "hidden": 0 if isinstance(trained, RecordedModel) else len(trained.hidden),
        "samples": len(context.sampled_index),
        "links": 0 if links is None else len(links.index),
        "grid": None if context.grid_inputs is None else len(context.grid_inputs),
    }
    leading = _leading(context, trained.repeats if name in SUMMARIES else 1)
    shape = (*leading, recorded, *(sizes.get(axis) for axis in _AXES[name]))
    _check(name, array, _INTEGERS if name in _OF_INTEGERS else _FLOATS, shape)


def _check_kernels(context: RunContext, kernels: Mapping[str, Array]) -> None:
    names = {f"kernel.{layer}" for layer in range(len(context.kernel_shapes))}
    if set(kernels) != names:
        raise ValueError(f"there must be {len(names)} kernels, got {', '.join(sorted(kernels))}")
    for layer, shape in enumerate(context.kernel_shapes):
        name = f"kernel.{layer}"
        _check(name, kernels[name], _FLOATS, (*_leading(context, 1), *shape))


def _leading(context: RunContext, repeats: int) -> tuple[int, ...]:
    """Return the sizes of the axes before the epochs."""
    trained = context.trained
    members = len(trained.strengths)
    if trained.leading_axes == 0:
        return (members,)
    return (len(trained.penalties), repeats, members)


def _check(name: str, array: Array, kinds: str, shape: tuple[int | None, ...]) -> None:
    """Check the kind of numbers, and the shape; None stands for any size."""
    if array.dtype.kind not in kinds:
        wanted = "real floats" if kinds == _FLOATS else "integers"
        raise ValueError(f"{name} must be of {wanted}, got {array.dtype}")
    fits = len(array.shape) == len(shape) and all(
        size in (None, found) for size, found in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        raise ValueError(f"{name} must have the shape ({wanted}), got {array.shape}")
