"""Architecture: names, shapes and counts of a network that is not built.

tests/engine/test_model.py holds the same plans against the layers that Keras makes of them.
"""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from l2viz.experiment import Experiment
from l2viz.experiment.architecture import plan_layers
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.layer_plan import KerasObject, LayerPlan, TimesStrength


def every_layer(*, image: tuple[int, int] | None = None, **fields: Any) -> tuple[LayerPlan, ...]:
    """Plan 8 × 8 digits without hidden layers, or images of another size."""
    experiment = Experiment(**{"hidden": ()} | fields)
    if image is None:
        return plan_layers(experiment)
    settings = {
        each.name: getattr(experiment, each.name) for each in dataclasses.fields(Experiment)
    }
    with pytest.MonkeyPatch.context() as patch:
        facts = dataclasses.replace(DATASETS["digits"], input_shape=image)
        patch.setattr("l2viz.experiment.architecture.DATASETS", {"digits": facts})
        return plan_layers(SimpleNamespace(**settings))  # type: ignore[arg-type]


def planned(**fields: Any) -> tuple[LayerPlan, ...]:
    """Return the planned layers with kernels."""
    return tuple(layer for layer in every_layer(**fields) if layer.kernels)


def shapes(**fields: Any) -> list[tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]]:
    return [(plan.name, plan.kernels) for plan in planned(**fields)]


def kernel(*shape: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return (("kernel", shape),)


def test_dense_layers_take_all_pixels() -> None:
    assert shapes() == [("dense_1", kernel(64, 10))]
    expected = [("dense_1", kernel(64, 5)), ("dense_2", kernel(5, 3)), ("dense_3", kernel(3, 10))]
    assert shapes(hidden=(5, 3)) == expected
    assert shapes(dataset="curve") == [("dense_1", kernel(1, 1))]


@pytest.mark.parametrize(
    ("image", "filters", "flattened"),
    [
        ((8, 8), (4,), 4 * 4 * 4),
        ((8, 8), (4, 6), 2 * 2 * 6),
        ((8, 8), (4, 6, 2), 1 * 1 * 2),
        ((28, 28), (4, 6, 2), 3 * 3 * 2),  # 28, 14, 7, and 3 of 7
        ((9, 5), (4, 6), 2 * 1 * 6),
    ],
)
def test_each_pooling_halves_the_picture(
    image: tuple[int, int], filters: tuple[int, ...], flattened: int
) -> None:
    layers = planned(image=image, model="conv2d", filters=filters, hidden=(11,))
    channels = (1, *filters)
    assert [plan.kernels for plan in layers] == [
        *(kernel(3, 3, before, after) for before, after in zip(channels, filters, strict=False)),
        kernel(flattened, 11),
        kernel(11, 10),
    ]
    kinds = ["Conv2D"] * len(filters) + ["Dense", "Dense"]
    assert [plan.class_name for plan in layers] == kinds
    assert [plan.name for plan in layers] == [f"{k.lower()}_{i + 1}" for i, k in enumerate(kinds)]


def test_gated_layers_have_two_kernels() -> None:
    layers = planned(model="custom", hidden=(5, 3))
    assert layers[0].kernels == (("kernel", (64, 5)), ("gate", (64, 5)))
    assert layers[1].kernels == (("kernel", (5, 3)), ("gate", (5, 3)))
    assert layers[2].kernels == kernel(3, 10)
    assert [plan.class_name for plan in layers] == ["Gated", "Gated", "Dense"]


@pytest.mark.parametrize(
    ("regularized", "expected"),
    [("all", [True] * 3), ("first", [True, False, False]), ("last", [False, False, True])],
)
def test_which_layers_are_regularized(regularized: str, expected: list[bool]) -> None:
    for fields in ({"hidden": (5, 3)}, {"model": "conv2d", "filters": (2,), "hidden": (3,)}):
        layers = planned(**fields, regularized=regularized)
        assert [plan.regularized for plan in layers] == expected
    assert [plan.regularized for plan in planned(regularized=regularized)] == [True]


def test_no_bias_before_batch_norm_and_none_after_the_last_layer() -> None:
    plain, normed = planned(hidden=(5, 3)), planned(hidden=(5, 3), batch_norm=True)
    assert [plan.bias for plan in plain] == [True, True, True]
    assert [plan.bias for plan in normed] == [False, False, True]
    names = [plan.class_name for plan in every_layer(hidden=(5, 3), batch_norm=True)]
    assert names == ["Input", *["Dense", "BatchNormalization", "Activation"] * 2, "Dense"]


def test_parameters_are_counted_with_those_of_batch_norm() -> None:
    assert [plan.parameter_count for plan in planned(hidden=(5,))] == [64 * 5 + 5, 5 * 10 + 10]
    _, dense, norm, *_ = every_layer(hidden=(5,), batch_norm=True)
    assert (dense.parameter_count, norm.parameter_count) == (64 * 5, 2 * 5)  # γ and β, no bias
    gated = planned(model="custom", hidden=(5,))
    assert gated[0].parameter_count == 2 * 64 * 5 + 5
    convolved = planned(model="conv2d", filters=(4,))
    assert [plan.parameter_count for plan in convolved] == [9 * 4 + 4, 64 * 10 + 10]


def test_every_layer_is_a_class_and_its_arguments() -> None:
    layers = every_layer(
        model="conv2d", filters=(4,), hidden=(3,), activation="elu", batch_norm=True, dropout=0.5
    )
    planned = [(f"{e.module}.{e.class_name}", e.arguments, e.name, e.output_shape) for e in layers]
    assert planned == [
        ("keras.Input", ((64,),), "", (None, 64)),
        ("layers.Reshape", ((8, 8, 1),), "reshape", (None, 8, 8, 1)),
        ("layers.Conv2D", (4, 3), "conv2d_1", (None, 8, 8, 4)),
        ("layers.BatchNormalization", (), "batch_norm_1", (None, 8, 8, 4)),
        ("layers.Activation", ("elu",), "activation_1", (None, 8, 8, 4)),
        ("layers.MaxPooling2D", (2,), "pool_1", (None, 4, 4, 4)),
        ("layers.Dropout", (0.5,), "dropout_1", (None, 4, 4, 4)),
        ("layers.Flatten", (), "flatten", (None, 64)),
        ("layers.Dense", (3,), "dense_2", (None, 3)),
        ("layers.BatchNormalization", (), "batch_norm_2", (None, 3)),
        ("layers.Activation", ("elu",), "activation_2", (None, 3)),
        ("layers.Dropout", (0.5,), "dropout_2", (None, 3)),
        ("layers.Dense", (10,), "dense_3", (None, 10)),
    ]
    last = layers[-1].keywords
    assert last["activation"] == "softmax"
    assert last["kernel_regularizer"] == KerasObject(
        class_name="L2", module="regularizers", arguments=(TimesStrength(1.0),)
    )
