"""Random runs of a RecordedModel, made with numpy, as if they had been measured."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from l2viz.recorder.weight_statistics import Layout, statistics
from l2viz.trajectory import THRESHOLDS, RecordedModel, RunContext, Trajectory

SHAPES = ((4, 6), (6, 3), (3,))
NAMES = ("first.kernel", "last.kernel", "last.bias")


def recorded(
    strength: float = 0.01,
    *,
    seed: int = 0,
    epochs: int = 3,
    sample: bool = True,
    validated: bool = True,
    accuracy: bool = True,
    **model: Any,
) -> Trajectory:
    """Return one run of one strength."""
    generator = np.random.default_rng([seed, int(1e6 * strength)])
    text = f"L2(l2={strength:g})" if strength else ""
    given = {
        "name": "mine",
        "strengths": (strength,),
        "epochs": epochs,
        "penalty": "l2" if strength else "other",
        "variables": NAMES,
        "shapes": SHAPES,
        "regularizers": ((text,) * len(NAMES),),
        "on_sample": sample,
    }
    layout = Layout.of([np.zeros(shape) for shape in SHAPES])
    context = RunContext(
        trained=RecordedModel(**given | model),
        layer_names=NAMES,
        kernel_shapes=SHAPES,
        bin_edges=layout.edges,
        thresholds=THRESHOLDS,
        sampled_layer=np.repeat(np.arange(3), [len(each) for each in layout.sampled]),
        sampled_index=np.concatenate(layout.sampled),
        test_examples=0,
        gradient_examples=20 if sample else 0,
        constant_loss=math.nan,
        threads=0,
        versions={"keras": "3"},
    )
    every = [
        statistics([0.3 * generator.normal(size=shape) for shape in SHAPES], layout)
        for _ in range(epochs + 1)
    ]
    measured = {name: np.stack([each[name] for each in every])[None] for name in every[0]}
    single = np.arange(epochs + 1) == 0  # before training there is no loss

    def numbers(known: bool, *shape: int, nothing_yet: bool = False) -> Any:
        values = generator.uniform(0.1, 0.9, (1, epochs + 1, *shape)).astype(np.float32)
        values[:, single & nothing_yet] = np.nan
        return values if known else np.full_like(values, np.nan)

    samples = len(context.sampled_index)
    scores = {
        f"{part}_accuracy": numbers(True, nothing_yet=True)
        for part in ("train", "val")
        if accuracy and validated
    }
    floats = {
        name: array.astype(np.float32) for name, array in measured.items() if name != "histogram"
    }
    return Trajectory(
        context=context,
        strengths=np.array([strength]),
        epochs=np.arange(epochs + 1),
        train_data_loss=numbers(True, nothing_yet=not sample),
        val_data_loss=numbers(validated, nothing_yet=True),
        test_data_loss=numbers(False),
        penalty=numbers(True, 3) * bool(strength),
        data_gradient_norm=numbers(sample, 3),
        gradient_angle=100.0 * numbers(sample, 3),
        idle_sparsity=numbers(sample, 3, len(THRESHOLDS)),
        sampled_gradients=numbers(sample, samples),
        **floats | scores | {"histogram": measured["histogram"]},
    )
