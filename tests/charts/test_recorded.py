"""Charts of anyone's own model: those that its numbers suffice for, with these numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import l2viz
from l2viz.charts import LOSS_LEDGER
from l2viz.charts.catalogue import charts_of, get_chart
from l2viz.trajectory import Trajectory
from tests.recorded_runs import NAMES, recorded


def path() -> Trajectory:
    return l2viz.merge([recorded(strength) for strength in (0.0, 0.001, 0.01, 0.1)])


RUNS: dict[str, Callable[[], Trajectory]] = {
    "a path": path,
    "a path without a sample": lambda: l2viz.merge(
        [recorded(strength, sample=False, accuracy=False) for strength in (0.0, 0.001, 0.1)]
    ),
    "one run": recorded,
    "one run, nothing given": lambda: recorded(sample=False, validated=False, accuracy=False),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_chart_can_be_drawn(name: str) -> None:
    run = RUNS[name]()
    charts = charts_of(run)
    assert len({chart.name for chart in charts}) == len(charts)
    for chart in charts:
        for epoch in (0, 3):
            figure = chart.at(run, strength=float(run.strengths[-1]), epoch=epoch)
            for axis in figure.select_yaxes():
                assert axis.range is None or np.isfinite(axis.range).all(), chart.name


def test_what_is_not_measured_has_no_chart() -> None:
    def slots(run: Trajectory) -> set[str]:
        return {chart.slot for chart in charts_of(run)}

    of_path, of_run = slots(path()), slots(recorded())
    bare = slots(RUNS["one run, nothing given"]())
    assert {"norms", "ledger", "gap", "tug_of_war", "coefficients", "score"} <= of_path
    assert {"ledger", "tug_of_war", "histogram", "penalty", "score"} <= of_run
    assert not {"norms", "gap", "coefficients"} & of_run
    assert not {"tug_of_war", "gradient_norms", "score"} & bare


def test_the_ledger_adds_up_to_keras_loss() -> None:
    run = path()
    figure = LOSS_LEDGER.at(run, strength=0.01, epoch=3)
    (loss,) = [trace for trace in figure.data if trace.name == "loss (Keras)"]
    expected = run.train_data_loss[2] + run.penalty[2].sum(axis=-1)
    np.testing.assert_allclose(loss.y, expected, rtol=1e-6)
    assert [trace.name for trace in figure.data][1:4] == list(NAMES)


def test_the_pull_of_the_penalty_is_that_of_the_formula() -> None:
    run = path()
    chart = get_chart(run, "tug_of_war_first.kernel")
    figure = chart.at(run, strength=0.1, epoch=2)
    trace = figure.data[-1]
    weights = run.sampled_weights[3, 2, run.context.sampled_layer == 0]
    np.testing.assert_allclose(np.array(trace.customdata)[:, 1], 0.2 * weights, rtol=1e-5)
    assert trace.name == "single weights, on a sample of 20"
