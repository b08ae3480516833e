"""A linear model under λ times a multiplier is one under other strengths: so are its charts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l2viz.charts import charts_of, get_chart
from l2viz.charts.core.readouts import readouts_of
from l2viz.trajectory import Trajectory
from tests import trajectories

# Charts of λ itself; over strengths, the x axis is that of the path's λ.
COMPARED = ("curvature", "geometry_", "tug_of_war_", "gradient_norms_", "half_life")


def pair(penalty: str) -> tuple[Trajectory, Trajectory]:
    """Return the same measurements, once under a multiplier of 4."""
    strengths = trajectories.STRENGTHS
    fields = {"penalties": (penalty,), "optimizer": "sgd", "learning_rate": 0.01}
    multiplied = trajectories.linear(strength_multipliers=(4.0,), **fields)
    own = tuple(4.0 * strength for strength in strengths)
    plain = dataclasses.replace(multiplied.experiment, strengths=own, strength_multipliers=())
    context = dataclasses.replace(multiplied.context, trained=plain)
    return multiplied, dataclasses.replace(
        multiplied, context=context, strengths=np.array(own), unit_pictures=None
    )


@pytest.mark.parametrize("penalty", ["l2", "l1"])
def test_they_are_those_of_the_layers_own_strength(penalty: str) -> None:
    multiplied, plain = pair(penalty)
    names = [chart.name for chart in charts_of(multiplied) if chart.name.startswith(COMPARED)]
    assert {name.partition("_")[0] for name in names} >= {"geometry", "tug"}
    for name in names:
        for member, strength in enumerate(multiplied.strengths):
            ours, theirs = (
                get_chart(each, name).at(each, strength=float(at), epoch=45)
                for each, at in ((multiplied, strength), (plain, plain.strengths[member]))
            )
            assert len(ours.data) == len(theirs.data)
            for one, other in zip(ours.data, theirs.data, strict=True):
                assert one.name.replace("(4λ)", "λ") == other.name
                for axis in ("x", "y"):
                    values = [np.asarray(trace[axis], dtype=float) for trace in (one, other)]
                    np.testing.assert_allclose(*values, rtol=1e-6, atol=1e-9)


def test_a_formula_names_the_own_strength() -> None:
    multiplied, _ = pair("l2")
    names = [
        trace.name
        for name in ("curvature", "gradient_norms_dense_1")
        for trace in get_chart(multiplied, name).at(multiplied, strength=0.1, epoch=45).data
    ]
    assert {"h ÷ (h + 2(4λ))", "h = 2(4λ)", "penalty gradient 2(4λ)‖w‖"} <= set(names)


def test_the_readout_of_the_penalty_says_how_it_is_summed() -> None:
    plain, multiplied = trajectories.digits(), trajectories.digits(strength_multipliers=(1, 0, 2))
    assert readouts_of(plain)[0].about == (
        "λ times the sum of squared weights of all regularized kernels"
    )
    assert readouts_of(multiplied)[0].about == (
        "sum over the layers of λ times the multiplier times the squared weights"
    )
    assert readouts_of(plain)[1:] == readouts_of(multiplied)[1:]
