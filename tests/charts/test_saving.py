"""The caption and file name of saved pictures."""

from __future__ import annotations

from l2viz.charts.core.saving import saving
from tests import trajectories


def test_the_caption_says_the_experiment_and_leaves_the_place_open() -> None:
    saved = saving(trajectories.digits(penalties=("l2", "l1"), regularized="first", seed=0))
    assert saved.caption == (
        "digits, 300 examples, 30 % of labels re-drawn; dense 11-5-10; adam 0.003; "
        "L2 and L1 on the first kernel; 6 epochs, seed 0. λ = {strength}, epoch {epoch}"
    )
    multiplied = trajectories.digits(strength_multipliers=(1.0, 0.5, 0.0))
    assert "; L2 on all kernels, λ × 1, 0.5, 0; " in saving(multiplied).caption
    assert saved.file == "l2viz_digits_seed-0_{chart}_lambda-{strength}_epoch-{epoch}"
