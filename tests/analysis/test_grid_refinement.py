"""A finer grid around the best strength, and new members among those of a finished path."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from l2viz.analysis.grid_refinement import Disagreement, Merging, finer_grid, missing_members
from l2viz.engine.training import run
from l2viz.experiment import LARGEST_GRID, Experiment
from l2viz.trajectory import MEASURED, Trajectory
from tests import trajectories

STRENGTHS = (0.0, 1e-4, 1e-3, 1e-2, 0.1)


def best_at(position: int, **settings: Any) -> Trajectory:
    """Return a regression whose validation data loss is lowest at this strength."""
    trajectory = trajectories.curve(strengths=STRENGTHS, **settings)
    loss = np.ones_like(trajectory.val_data_loss)
    np.moveaxis(loss, trajectory.experiment.leading_axes, 0)[position] = 0.5
    return dataclasses.replace(trajectory, val_data_loss=loss)


@pytest.mark.parametrize(
    ("position", "lowest", "highest", "at_edge", "sentence"),
    [
        (0, 1e-5, 1e-4, True, "The best strength is 0: the new ones lie below 10⁻⁴."),
        (
            *(1, 1e-5, 1e-3, True),
            (
                "The best strength, 10⁻⁴, is the smallest above 0: the new ones lie below and "
                "above it."
            ),
        ),
        (2, 1e-4, 1e-2, False, "The best strength is 0.001: the new ones lie around it."),
        (
            *(4, 0.1, 1.0, True),
            "The best strength, 0.1, is the largest: the new ones lie beyond it.",
        ),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"repeats": 3}], ids=["alone", "repeats"])
def test_the_finer_grid_lies_around_the_best(
    position: int,
    lowest: float,
    highest: float,
    at_edge: bool,
    sentence: str,
    settings: dict[str, Any],
) -> None:
    proposal = finer_grid(best_at(position, **settings), count=6)
    new = sorted(set(proposal.strengths) - set(STRENGTHS))
    assert set(STRENGTHS) < set(proposal.strengths)
    assert list(proposal.strengths) == sorted(proposal.strengths)
    assert len(new) == 6
    assert new[0] > lowest
    assert new[-1] <= highest
    assert max(new[-1] / highest, lowest / new[0]) > 0.4  # and they reach through it
    assert (proposal.at_edge, proposal.sentence) == (at_edge, sentence)


def test_a_full_grid_has_no_place_for_more() -> None:
    strengths = (0.0, *np.geomspace(1e-4, 0.1, LARGEST_GRID - 1).tolist())
    proposal = finer_grid(trajectories.curve(strengths=strengths))
    assert proposal.strengths == strengths
    assert proposal.sentence == "The grid has no place for more."


@pytest.mark.parametrize(
    ("strengths", "position"),
    [
        ((0.0,), 0),
        ((0.0, 5e-324), 0),
        ((0.0, 5e-324), 1),
        ((0.0, 5e-324, 1e-323), 1),
        ((0.0, 1e-310, 1e-300), 0),
        ((0.0, 0.1, 0.10001), 1),
        ((0.0, 1e6), 1),
        ((0.0, 1e6), 0),
    ],
)
def test_where_nothing_fits_between_nothing_is_proposed(
    strengths: tuple[float, ...], position: int
) -> None:
    trajectory = trajectories.curve(strengths=strengths)
    loss = np.ones_like(trajectory.val_data_loss)
    loss[position] = 0.5
    proposal = finer_grid(dataclasses.replace(trajectory, val_data_loss=loss))
    assert set(strengths) <= set(proposal.strengths)
    whole = dataclasses.replace(trajectory.experiment, strengths=proposal.strengths)
    assert whole.strengths == proposal.strengths
    if proposal.strengths == strengths:
        assert " no place for more" in proposal.sentence


def test_members_are_missing_where_nothing_else_differs() -> None:
    part = Experiment(dataset="curve", strengths=(0.0, 0.01, 0.1))
    whole = dataclasses.replace(part, strengths=(0.0, 0.01, 0.03, 0.1, 0.2))
    missing = missing_members(whole, part)
    assert missing == dataclasses.replace(part, strengths=(0.0, 0.03, 0.2))
    assert missing_members(part, part) is None
    assert missing_members(part, whole) is None
    assert missing_members(dataclasses.replace(whole, seed=1), part) is None
    assert missing_members(whole, dataclasses.replace(part, strengths=(0.0, 0.02))) is None
    assert missing_members(whole, dataclasses.replace(part, strengths=(0.0,))) is None


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(
    "settings",
    [
        {"dataset": "curve", "epochs": 60, "record_every": 20},
        {"epochs": 2, "train_size": 100},
        {"epochs": 2, "train_size": 100, "penalties": ("l2", "l1"), "repeats": 2},
    ],
    ids=["curve", "digits", "twins and repeats"],
)
def test_a_merged_path_is_the_path_of_all(settings: dict[str, Any]) -> None:
    part = run(Experiment(**settings, strengths=STRENGTHS))
    whole = dataclasses.replace(
        part.experiment, strengths=(0.0, 1e-4, 4e-4, 1e-3, 2e-3, 1e-2, 0.1, 0.2)
    )
    merging = Merging(whole=whole, finished=part)
    added = run(merging.added)
    merged = Trajectory.of(
        merging.context(added.context),
        [merging.snapshot(snapshot) for snapshot in added.snapshots()],
        merging.kernels(added.kernels),
    )
    together = run(whole)
    assert merged.experiment == whole
    for name in MEASURED:
        mine, theirs = getattr(merged, name), getattr(together, name)
        assert (mine is None) == (theirs is None), name
        if mine is not None:  # nearly: the number of members changes how loops add up
            np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5, err_msg=name)
    for mine, theirs in zip(merged.kernels, together.kernels, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_paths_of_other_bits_are_not_merged() -> None:
    experiment = Experiment(dataset="curve", epochs=20, record_every=20, strengths=STRENGTHS)
    part = run(experiment)
    whole = dataclasses.replace(experiment, strengths=(0.0, 1e-4, 1e-3, 1e-2, 0.1, 0.2))
    added = run(Merging(whole=whole, finished=part).added).snapshots()
    part.kernel_norm[0, 1, 0] = np.nextafter(part.kernel_norm[0, 1, 0], np.float32(9.0))
    merging = Merging(whole=whole, finished=part)
    merging.snapshot(added[0])
    with pytest.raises(Disagreement) as refusal:
        merging.snapshot(added[1])
    assert str(refusal.value) == (
        "λ = 0 of the new members is not λ = 0 of those there: they cannot be joined. "
        "Press Train to train all of them together."
    )
