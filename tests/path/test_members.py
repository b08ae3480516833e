"""Members: the rows of a path, and the penalty coefficients of each row in each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES
from l2viz.path import MemberTable
from tests.experiments import experiments

TERMS = ("squares", "magnitudes", "decay", "kernel_decay", "proximal")


def table_of(**fields: Any) -> MemberTable:
    settings: dict[str, Any] = {"strengths": (0.0, 0.1, 0.2), "epochs": 10, "hidden": (3,)}
    return MemberTable.of(Experiment(**(settings | fields)))


def test_one_twin_and_one_repeat_are_one_row_for_each_strength() -> None:
    table = table_of()
    assert table.cells.tolist() == [[[0, 1, 2]]]
    assert table.strengths.tolist() == [0.0, 0.1, 0.2]
    assert table.count == 3


def test_no_penalty_is_one_row_at_every_strength() -> None:
    table = table_of(penalties=("none", "l2"))
    assert table.cells[:, 0].tolist() == [[0, 0, 0], [0, 1, 2]]
    assert table.strengths.tolist() == [0.0, 0.1, 0.2]


def test_repeats_have_rows_of_their_own_one_after_the_other() -> None:
    table = table_of(penalties=("l2", "l1"), repeats=3)
    assert table.cells[:, 0].tolist() == [[0, 1, 2], [0, 3, 4]]
    np.testing.assert_array_equal(table.cells[:, 2], table.cells[:, 0] + 10)
    assert table.count == 15
    assert len(table.facts) == len(table.strengths) == 15


@given(experiments())
def test_rows_of_any_experiment(experiment: Experiment) -> None:
    """Check that each cell's row has its strength and penalty, or no penalty."""
    table = MemberTable.of(experiment)
    shape = (len(experiment.penalties), experiment.repeats, len(experiment.strengths))
    assert table.cells.shape == shape
    assert sorted(set(table.cells.reshape(-1).tolist())) == list(range(table.count))
    assert table.count <= experiment.member_count
    np.testing.assert_array_equal(
        table.cells // (table.count // table.experiment.repeats),
        np.broadcast_to(np.arange(experiment.repeats)[None, :, None], shape),
    )
    epochs = {1, experiment.schedule_epoch, experiment.schedule_epoch + 1}
    for epoch in epochs & set(range(1, experiment.epochs + 1)):
        share = experiment.schedule_share(epoch)
        acting = table.coefficients(epoch)
        for (twin, _, member), row in np.ndenumerate(table.cells):
            facts = PENALTIES[experiment.penalties[twin]]
            own = experiment.strengths[member]
            strength = share * own + (1.0 - share) * experiment.schedule_from
            decays = experiment.weight_decay + (facts.decay + facts.kernel_decay) * strength
            kernels_alone = facts.kernel_decay > 0.0
            for group, multiplier in enumerate(experiment.strength_multipliers or (1.0,)):
                own = multiplier * strength
                assert acting.squares[row, group] == np.float32(facts.squares * own)
                assert acting.magnitudes[row, group] == np.float32(facts.magnitudes * own)
                assert acting.proximal[row, group] == facts.proximal * own
                decay = decays * kernels_alone * multiplier
                assert acting.kernel_decay[row, group] == np.float32(decay)
            assert acting.decay[row] == np.float32(decays * (not kernels_alone))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({}, [0.2, 0.2, 0.2, 0.2, 0.2]),
        (
            {"schedule": "warmup", "schedule_epoch": 4, "schedule_from": 0.0},
            [0.05, 0.1, 0.15, 0.2, 0.2],
        ),
        (
            {"schedule": "warmup", "schedule_epoch": 2, "schedule_from": 1.0},
            [0.6, 0.2, 0.2, 0.2, 0.2],
        ),
        (
            {"schedule": "step", "schedule_epoch": 3, "schedule_from": 0.5},
            [0.5, 0.5, 0.5, 0.2, 0.2],
        ),
    ],
)
def test_the_strength_in_each_epoch(schedule: dict[str, Any], expected: list[float]) -> None:
    table = table_of(**schedule)
    row = table.cells[0, 0, 2]
    ours = [table.coefficients(epoch).squares[row] for epoch in range(1, 6)]
    np.testing.assert_allclose(ours, np.array(expected)[:, None], rtol=1e-6)


def test_multipliers_are_those_of_the_layers_in_every_epoch() -> None:
    fields = {"schedule": "warmup", "schedule_epoch": 2, "strength_multipliers": (0.5, 0.0)}
    table = table_of(penalties=("l1l2", "proximal_l1"), **fields)
    rows = table.cells[:, 0, 2]
    for epoch, strength in ((1, 0.1), (2, 0.2), (3, 0.2)):
        acting = table.coefficients(epoch)
        expected = [0.5 * strength, 0.0]
        for term in ("squares", "magnitudes"):
            np.testing.assert_allclose(getattr(acting, term)[rows[0]], expected, rtol=1e-6)
        np.testing.assert_allclose(acting.proximal[rows[1]], expected)


def test_coefficients_are_rounded_as_keras_rounds_them() -> None:
    """All but the proximal one, which Keras does not have."""
    table = table_of(penalties=("l1l2", "decay", "kernel_decay", "proximal_l1"), optimizer="adamw")
    acting = table.coefficients(1)
    types = {term: getattr(acting, term).dtype for term in TERMS}
    float32 = np.dtype(np.float32)
    assert types == dict.fromkeys(TERMS, float32) | {"proximal": np.dtype(np.float64)}


def test_where_summaries_and_details_stand() -> None:
    alone = table_of()
    for cells in alone.measured_cells:
        np.testing.assert_array_equal(cells, alone.cells[0, 0])
    several = table_of(penalties=("l2", "l1"), repeats=2)
    summaries, details = several.measured_cells
    np.testing.assert_array_equal(summaries, several.cells)
    np.testing.assert_array_equal(details, several.cells[:, :1])
