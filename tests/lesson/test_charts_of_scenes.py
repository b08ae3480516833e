"""The charts that scenes and presets open with are charts of their experiments."""

from __future__ import annotations

from typing import Any

import pytest

from l2viz.charts import charts_of
from l2viz.experiment import SETTINGS, Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.url import View
from l2viz.lesson import read_lesson, read_presets
from l2viz.trajectory import Trajectory
from tests import trajectories

OPENED: dict[str, tuple[Experiment, View]] = {
    place.key: (place.experiment, place.view)
    for place in (*read_lesson().scenes, *read_presets())
    if place.view.charts is not None
}


def made_up(experiment: Experiment) -> Trajectory:
    """Return a trajectory with the arrays that this experiment has, without training it."""
    facts = DATASETS[experiment.dataset]
    if facts.images:
        make: Any = trajectories.digits
    elif facts.line:
        make = trajectories.curve
    else:
        make = trajectories.plane if facts.plane else trajectories.linear
    fields = {name: getattr(experiment, name) for name in SETTINGS}
    if not (facts.images or facts.plane):
        del fields["dataset"]
    return make(**fields)


@pytest.mark.parametrize("key", OPENED)
def test_the_charts_that_a_view_names_are_there(key: str) -> None:
    experiment, view = OPENED[key]
    assert view.charts is not None
    assert set(view.charts) <= {chart.name for chart in charts_of(made_up(experiment))}
