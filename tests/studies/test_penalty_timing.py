"""The cost of the penalty: what is timed, in which order, and its statistics."""

from __future__ import annotations

import itertools
from typing import Any

import keras
import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.studies.penalty_timing import PenaltyCost, penalty_cost
from l2viz.validation import ExperimentError

pytestmark = pytest.mark.usefixtures("one_thread")


def small(**fields: Any) -> Experiment:
    settings = {"train_size": 40, "hidden": (4,), "strengths": (0.0, 0.01)}
    return Experiment(**(settings | fields))


def test_both_sides_train_the_same_steps_and_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[tuple[bool, int]] = []
    fit = keras.Sequential.fit

    def noted(model: keras.Sequential, *arguments: Any, **options: Any) -> Any:
        fitted.append((bool(model.losses), options["epochs"]))
        return fit(model, *arguments, **options)

    monkeypatch.setattr(keras.Sequential, "fit", noted)
    ticks = itertools.count(0.0, 1.0)
    cost = penalty_cost(small(), pairs=4, epochs=2, clock=lambda: next(ticks))
    with_penalty = [regularized for regularized, _ in fitted]
    assert with_penalty[4:] == [False, True, True, False] * 2  # two pairs warm up
    assert {epochs for _, epochs in fitted} == {2}
    assert cost.percentages == (0.0,) * 4  # by a clock that finds all equal


def test_a_slower_side_is_seen() -> None:
    # In turns: without, with, with, without. With the penalty 3 seconds, without 2.
    lengths = itertools.cycle([2.0, 3.0, 3.0, 2.0])
    now = [0.0]
    starts = itertools.cycle([True, False])

    def clock() -> float:
        if not next(starts):
            now[0] += next(lengths)
        return now[0]

    cost = penalty_cost(small(penalties=("l1",)), pairs=4, clock=clock)
    assert cost.percentages == pytest.approx((50.0,) * 4)


def test_median_and_quartiles() -> None:
    cost = PenaltyCost(percentages=(1.0, 5.0, 2.0, -3.0, 4.0))
    assert cost.median == np.median(cost.percentages)
    assert cost.quartiles == (1.0, 4.0)
    assert cost.sentence() == "+2.0 % time (half of 5 pairs between +1.0 % and +4.0 %)"


@pytest.mark.parametrize("percentages", [(-9.0, -12.0, -3.0, -8.0), (-4.0, 5.0, 2.0, -1.0)])
def test_a_cost_that_does_not_stand_out_is_not_published(percentages: tuple[float, ...]) -> None:
    sentence = PenaltyCost(percentages=percentages).sentence()
    assert sentence.startswith("no measurable cost (half of 4 pairs between ")


def test_without_a_penalty_there_is_nothing_to_time() -> None:
    with pytest.raises(ExperimentError) as refusal:
        penalty_cost(small(penalties=("none", "l2")))
    assert str(refusal.value) == "penalties must name first the penalty that is timed, got 'none'"
