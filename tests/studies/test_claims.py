"""The claims: measured again over all seeds, they hold as worded, with the quoted results."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from l2viz.__main__ import main
from l2viz.lesson import read_presets
from l2viz.lesson.published_results import read_results, write_results
from l2viz.studies.claims import CLAIMS
from l2viz.studies.statistics import SEEDS, at, norm_left, over_seeds, weight_share
from tests import trajectories

KEYS = [preset.key for preset in read_presets()]

pytestmark = pytest.mark.usefixtures("one_thread")


def test_every_claim_is_decided_over_ten_seeds() -> None:
    assert SEEDS >= 10
    for name, claim in CLAIMS.items():
        assert bool(claim.experiments) == (name != "cost")  # which is counted, not trained
        for experiment in claim.experiments.values():
            assert experiment.repeats == SEEDS
            assert len({repeat.seed for repeat in experiment.each_repeat}) == SEEDS


def test_every_claim_has_its_figures() -> None:
    figures = read_results()
    assert set(figures) == {*CLAIMS, *KEYS, "last_place"}
    for name, of_one in figures.items():
        assert all(math.isfinite(value) for value in of_one.values()), name
        assert of_one.get("seeds", SEEDS) == SEEDS


def test_figures_over_seeds() -> None:
    values = [3.0, 5.0, 10.0]
    assert over_seeds("gain", values) == {
        "gain": 6.0,
        "gain_sd": pytest.approx(math.sqrt(13.0)),  # over n - 1
        "gain_least": 3.0,
        "gain_most": 10.0,
    }


def test_the_member_nearest_to_a_strength() -> None:
    path = trajectories.digits()
    assert [at(path, strength) for strength in (0.0, 2e-4, 0.01, 5.0)] == [0, 1, 3, 4]


def test_what_is_left_of_the_norm() -> None:
    path = trajectories.digits()
    norms = np.linalg.norm(path.kernel_norm[:, -1].astype(float), axis=1)
    assert norm_left(path, 0.1) == pytest.approx(100 * norms[4] / norms[0], rel=1e-5)


def test_shares_are_of_all_weights() -> None:
    path = trajectories.digits()
    sizes = np.array(path.context.kernel_sizes, float)
    expected = 100 * (path.exact_zeros[1, -1] @ sizes) / sizes.sum()
    assert weight_share(path, path.exact_zeros, 1e-4) == pytest.approx(expected)


def test_figures_are_kept_to_four_digits(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    write_results({"shrinks": {"left": 47.222940826, "none": 0.0, "tiny": 1.23456e-7}}, file)
    assert json.loads(file.read_text()) == {
        "shrinks": {"left": 47.22, "none": 0.0, "tiny": 1.235e-7}
    }
    assert read_results(file)["shrinks"]["left"] == 47.22


def test_the_command_refuses_a_name_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "shrinks", "grows"]) == 2
    assert capsys.readouterr().out == (
        f"names must be of {', '.join([*CLAIMS, *KEYS, 'last_place'])}, got 'grows'\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CLAIMS, *KEYS, "last_place"])
def test_measured_again_the_claim_holds_with_the_figures_that_are_quoted(name: str) -> None:
    """Means and spreads within a tenth of the spread; counts and zeros exactly."""
    from l2viz.studies.runner import verdicts

    ((_, verdict),) = verdicts([name])
    quoted = read_results()[name]
    assert verdict.holds, dict(verdict.results)
    assert set(verdict.results) == set(quoted)
    for figure, value in verdict.results.items():
        spread = quoted.get(f"{figure.rpartition('_')[0]}_sd", quoted.get(f"{figure}_sd", 0.0))
        assert value == pytest.approx(quoted[figure], rel=1e-3, abs=0.1 * spread), figure
