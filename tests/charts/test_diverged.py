"""A strength that diverges: the charts of the others are what they are without it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from l2viz.analysis.metrics import best_on_average, best_strength
from l2viz.analysis.verdict import verdict
from l2viz.charts import charts_of
from l2viz.charts.core.chart import bound_arrays
from l2viz.trajectory import MEASURED, PICTURES, Trajectory
from l2viz.trajectory.divergence import diverged_at, divergence_sentence, marked
from tests.cases import others_slow
from tests.charts.every_chart import KINDS, Place, draw_figure
from tests.stage.answers import answer
from tests.stage.wire_reader import read

SEVERAL = {kind: run for kind, run in KINDS.items() if len(run.strengths) > 2}
# Those that say which strength is best, or where the path collapses: of all strengths.
OF_THE_PATH = ("best", "collapse")


def diverging(
    run: Trajectory, member: int, *, from_position: int, before: float = 1.0
) -> Trajectory:
    """Return the run with one member that diverges, and is `before` times as large until then."""
    axis = run.experiment.leading_axes
    index = (slice(None),) * axis + (member,)
    changed: dict[str, Any] = {}
    for name in MEASURED:
        array = getattr(run, name)
        if array is not None and array.dtype.kind == "f" and "accuracy" not in name:
            changed[name] = array.copy()
            changed[name][index] *= before
    changed["train_data_loss"][(*index, slice(from_position, None))] = np.inf
    snapshots = [marked(each) for each in dataclasses.replace(run, **changed).snapshots()]
    return Trajectory.of(run.context, snapshots, run.kernels)


@pytest.mark.parametrize("member", others_slow([-1, 1, 0], quick=[1]))
@pytest.mark.parametrize("kind", SEVERAL)
def test_the_others_keep_their_numbers(kind: str, member: int) -> None:
    run = SEVERAL[kind]
    broken = diverging(run, member, from_position=2)
    assert np.flatnonzero(diverged_at(broken) >= 0).tolist() == [member % len(run.strengths)]
    good = np.delete(np.arange(len(run.strengths)), member)
    for chart in charts_of(run):
        drawings = {chart: chart.drawing(broken)}
        arrays, expected = bound_arrays(broken, drawings), bound_arrays(run, drawings)
        for name, array in arrays.items():
            if array.by_strength and not name.startswith(OF_THE_PATH):
                mine, other = (
                    np.moveaxis(each.values, int(each.by_epoch), 0)
                    for each in (array, expected[name])
                )
                if member != 0:  # what is drawn against λ = 0 goes with it
                    np.testing.assert_array_equal(mine[good], other[good], err_msg=name)


@pytest.mark.parametrize("kind", others_slow(SEVERAL, quick=["twins", "linear"]))
def test_every_chart_is_drawn_at_a_strength_that_diverged(kind: str) -> None:
    run = SEVERAL[kind]
    last = len(run.epochs) - 1
    for member in (len(run.strengths) - 1, 0):
        broken = diverging(run, member, from_position=2)
        for chart in charts_of(run):
            draw_figure(broken, chart, Place(member, last, member, 1)).to_json()
        header, _ = read(answer(broken))
        assert header["diverged"] == divergence_sentence(broken) != ""
        assert "nan" not in header["verdict"]


@pytest.mark.parametrize("kind", SEVERAL)
def test_no_axis_follows_a_member_that_diverges(kind: str) -> None:
    run = SEVERAL[kind]
    tame, wild = (diverging(run, -1, from_position=2, before=size) for size in (1.0, 1e30))
    for chart in charts_of(run):
        assert chart.drawing(wild).layout == chart.drawing(tame).layout, chart.name


@pytest.mark.parametrize("kind", SEVERAL)
def test_it_is_never_the_best(kind: str) -> None:
    run = SEVERAL[kind]
    best = best_strength(run.twin())
    broken = diverging(run, best, from_position=1)
    assert best_strength(broken.twin()) != best
    mean = int(best_on_average(run)[0][-1])
    chosen, frugal = best_on_average(diverging(run, mean, from_position=1))
    assert mean not in (chosen[-1], frugal[-1])


@pytest.mark.parametrize("kind", SEVERAL)
def test_without_lambda_0_there_is_no_verdict(kind: str) -> None:
    assert verdict(diverging(SEVERAL[kind], 0, from_position=1)) == ""


def test_many_strengths_are_counted_and_few_are_named() -> None:
    run = KINDS["digits"]
    one = diverging(run, -1, from_position=3)
    three = diverging(diverging(one, -2, from_position=2), -3, from_position=4)
    four = diverging(three, 1, from_position=1)
    advice = "Lower the learning rate (0.003) or the largest strength."
    sentence = "the loss was no longer a finite number by epoch"
    assert divergence_sentence(run) == ""
    assert divergence_sentence(one) == f"At λ = 0.1 {sentence} 3. {advice}"
    assert divergence_sentence(three) == f"At λ = 0.001, 0.009 and 0.1 {sentence} 2. {advice}"
    assert divergence_sentence(four) == (
        f"At 4 of 5 strengths, the largest λ = 0.1, {sentence} 1. {advice}"
    )


def test_an_empty_picture_stands_for_each_that_is_lost() -> None:
    boundary = diverging(KINDS["plane"], 2, from_position=1).boundary
    assert boundary is not None and (boundary[2, 1:] == 128).all()
    pictures = diverging(KINDS["digits"], 2, from_position=1).unit_pictures
    assert pictures is not None and PICTURES and not pictures[2, 1:].any()
