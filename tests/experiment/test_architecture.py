"""Architecture: names, shapes and counts of a network that is not built.

tests/engine/test_model.py holds the same plans against the layers that Keras makes of them.
"""

from __future__ import annotations

from typing import Any

import pytest

from l2viz.experiment.architecture import LayerPlan, plan_layers

SETTINGS: dict[str, Any] = {
    "model": "dense",
    "input_shape": (8, 8),
    "outputs": 10,
    "filters": (),
    "hidden": (),
    "batch_norm": False,
    "regularized": "all",
}


def planned(**fields: Any) -> tuple[LayerPlan, ...]:
    return plan_layers(**(SETTINGS | fields))


def shapes(**fields: Any) -> list[tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]]:
    return [(plan.name, plan.kernels) for plan in planned(**fields)]


def kernel(*shape: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return (("kernel", shape),)


def test_dense_layers_take_all_pixels() -> None:
    assert shapes() == [("dense_1", kernel(64, 10))]
    expected = [("dense_1", kernel(64, 5)), ("dense_2", kernel(5, 3)), ("dense_3", kernel(3, 10))]
    assert shapes(hidden=(5, 3)) == expected
    assert shapes(input_shape=(7,), outputs=1) == [("dense_1", kernel(7, 1))]


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
    layers = planned(model="conv2d", input_shape=image, filters=filters, hidden=(11,))
    channels = (1, *filters)
    assert [plan.kernels for plan in layers] == [
        *(kernel(3, 3, before, after) for before, after in zip(channels, filters, strict=False)),
        kernel(flattened, 11),
        kernel(11, 10),
    ]
    kinds = ["conv2d"] * len(filters) + ["dense", "dense"]
    assert [plan.kind for plan in layers] == kinds
    assert [plan.name for plan in layers] == [f"{k}_{i + 1}" for i, k in enumerate(kinds)]


def test_gated_layers_have_two_kernels() -> None:
    layers = planned(model="custom", hidden=(5, 3))
    assert layers[0].kernels == (("kernel", (64, 5)), ("gate", (64, 5)))
    assert layers[1].kernels == (("kernel", (5, 3)), ("gate", (5, 3)))
    assert layers[2].kernels == kernel(3, 10)
    assert [plan.kind for plan in layers] == ["gated", "gated", "dense"]


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
    assert [plan.batch_norm for plan in normed] == [True, True, False]
    assert [plan.hidden for plan in normed] == [True, True, False]


def test_parameters_are_counted_with_those_of_batch_norm() -> None:
    assert [plan.parameter_count for plan in planned(hidden=(5,))] == [64 * 5 + 5, 5 * 10 + 10]
    normed = planned(hidden=(5,), batch_norm=True)
    assert normed[0].parameter_count == 64 * 5 + 2 * 5  # γ and β, no bias
    gated = planned(model="custom", hidden=(5,))
    assert gated[0].parameter_count == 2 * 64 * 5 + 5
    convolved = planned(model="conv2d", filters=(4,))
    assert [plan.parameter_count for plan in convolved] == [9 * 4 + 4, 64 * 10 + 10]
