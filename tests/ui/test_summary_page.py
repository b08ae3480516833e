"""The Summary page, made from the planned layers, against the summary of the real model."""

from __future__ import annotations

from typing import Any

import pytest

import l2viz
from l2viz.engine.model import build_model, compiled_model
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.interop.summary_table import SummaryRow
from l2viz.trajectory import Trajectory
from l2viz.ui.reading.summary import summary_of
from tests.cases import others_slow

pytestmark = pytest.mark.usefixtures("one_thread")

STRENGTH = 0.03
MOONS = {"dataset": "moons", "hidden": (8,), "batch_norm": True, "dropout": 0.2}
CONV = {"model": "conv2d", "filters": (8,), "hidden": (8,), "batch_norm": True, "train_size": 40}
WARMUP = {"schedule": "warmup", "schedule_epoch": 2, "schedule_from": 0.2}
STEP = {"schedule": "step", "schedule_epoch": 1, "schedule_from": 0.5}
BIASES = {"bias_regularizer": True}
CASES: dict[str, dict[str, Any]] = {
    "dense": {},
    "no hidden layer, biases": {"hidden": ()} | BIASES,
    "biases": BIASES,
    "biases, L1": BIASES | {"penalties": ("l1",)},
    "biases, L1L2, last layer": BIASES | {"penalties": ("l1l2",), "regularized": "last"},
    "biases, BatchNorm": BIASES | MOONS,
    "biases, gates": BIASES | {"model": "custom"},
    "biases, convolutions, first layer": BIASES
    | {"model": "conv2d", "filters": (4, 3), "regularized": "first", "train_size": 40},
    "biases, warm-up": BIASES | WARMUP,
    "biases, twins, repeats": BIASES | {"penalties": ("l1", "l2"), "repeats": 2},
    "L1, first layer": {"penalties": ("l1",), "regularized": "first"},
    "L1L2, step": {"penalties": ("l1l2",)} | STEP,
    "step": STEP,
    "warm-up, float64": WARMUP | {"dtype": "float64", "dropout": 0.3},
    "no penalty, biases": BIASES | {"penalties": ("none",)},
    "decay": {"penalties": ("decay",)},
    "decay, step, AdamW's own": {"penalties": ("decay",), "optimizer": "adamw"} | STEP,
    "decay, BatchNorm": {"penalties": ("decay",)} | MOONS,
    "decay of kernels, warm-up, SGD": {"penalties": ("kernel_decay",), "optimizer": "sgd"} | WARMUP,
    "decay of kernels, AdamW's own": {"penalties": ("kernel_decay",), "optimizer": "adamw"},
    "decay of kernels, one layer": {"penalties": ("kernel_decay",)}
    | {"strength_multipliers": (0.0, 1.0)},
    "decay of gates, last layer": {"penalties": ("kernel_decay",), "model": "custom"}
    | {"regularized": "last", "hidden": (6, 5), "optimizer": "rmsprop"},
    "L2, AdamW": {"optimizer": "adamw"},
    "multipliers, biases": BIASES | {"strength_multipliers": (0.0, 2.0)},
    "multipliers, L1L2, warm-up": {"penalties": ("l1l2",), "strength_multipliers": (0.5, 1.0)}
    | WARMUP,
    "proximal L1, biases": BIASES | {"penalties": ("proximal_l1",), "optimizer": "sgd"},
    "BatchNorm and Dropout": MOONS,
    "convolutions, BatchNorm": CONV,
    "gates, BatchNorm, Dropout": {"model": "custom", "batch_norm": True, "dropout": 0.5},
    "regression": {"dataset": "curve", "hidden": (6,)},
}
QUICK = (
    *("biases, L1L2, last layer", "gates, BatchNorm, Dropout"),
    *("decay, step, AdamW's own", "multipliers, L1L2, warm-up"),
)


def without_numbers(row: SummaryRow) -> tuple[object, ...]:
    """Return a row without its numbers, which are compared separately."""
    name = (row.layer, row.kind, row.output_shape, row.variable, row.shape)
    return (*name, row.parameters, row.trainable, row.regularizer, list(row.strengths))


@pytest.mark.parametrize("case", others_slow(CASES, quick=QUICK))
def test_its_rows_are_those_of_the_real_model(case: str) -> None:
    settings = {"hidden": (6,), "epochs": 2, "record_every": 1, "strengths": (0.0, STRENGTH)}
    experiment = Experiment(**settings | CASES[case])
    with PathTraining(experiment) as path:
        row = int(path.table.cells[0, 0, 1])
        for epoch in range(3):
            path.train_epochs(min(epoch, 1))
            trajectory = Trajectory.of(path.context, [path.measure(epoch)])
            in_force = experiment.strength_in_force(STRENGTH, max(epoch, 1))
            model = compiled_model(experiment, strength=in_force)
            values = path.member_weights(row) + path.member_state(row)
            variables = model.trainable_variables + model.non_trainable_variables
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            ours, theirs = summary_of(trajectory, 1, 0), l2viz.summary(model)
            assert [without_numbers(each) for each in ours.rows] == [
                without_numbers(each) for each in theirs.rows
            ]
            for one, other in zip(ours.rows, theirs.rows, strict=True):
                assert one.strengths == pytest.approx(other.strengths, rel=1e-6)
                assert one.decay == pytest.approx(other.decay, rel=1e-6)
                assert one.penalty == pytest.approx(other.penalty, rel=1e-5, abs=1e-6)
            assert ours.parameters == model.count_params()
            assert ours.decay == theirs.decay


def test_the_optimizers_decay_is_in_the_table() -> None:
    fields = {"dataset": "curve", "hidden": (6,), "epochs": 1, "strengths": (0.0, STRENGTH)}
    with PathTraining(Experiment(**fields, penalties=("kernel_decay",))) as path:
        trajectory = Trajectory.of(path.context, [path.measure(0)])
    without, summarized = (summary_of(trajectory, strength, 0) for strength in (0, 1))
    assert without.decay is None
    head, *rows = summarized.table()
    decays = {row[2]: row[head.index("Optimizer's decay")] for row in rows}
    assert decays["kernel"] == "0.06" and decays["bias"] == ""
    assert "Adam subtracts learning rate" in summarized.notes()[-1]


def test_parameters_are_counted_as_keras_counts_them() -> None:
    for fields, parameters, trainable in ((MOONS, 66, 50), (CONV, 1_250, 1_218)):
        experiment = Experiment(**fields, epochs=1, strengths=(0.0, STRENGTH))
        with PathTraining(experiment) as path:
            summarized = summary_of(Trajectory.of(path.context, [path.measure(0)]), 1, 0)
        assert (summarized.parameters, summarized.trainable_parameters) == (parameters, trainable)
        assert build_model(experiment, strength=0.0).count_params() == parameters
