"""The ghost of a chart: λ = 0, or the member whose strength a step does not change."""

from __future__ import annotations

import numpy as np
import pytest

from l2viz.charts.core.binding import fixed
from l2viz.charts.core.ghost import Ghost, ghost_of
from l2viz.trajectory import Trajectory
from tests import trajectories
from tests.charts.every_chart import named

STEP = {"schedule": "step", "schedule_epoch": 20}


@pytest.mark.parametrize(
    ("settings", "ghost"),
    [
        ({}, Ghost(strength=fixed(0), label="λ = 0")),
        (STEP, Ghost(strength=fixed(0), label="λ = 0")),
        ({**STEP, "schedule_from": 1e-3}, Ghost(strength=fixed(2), label="no step, λ = 0.001")),
        ({**STEP, "schedule_from": 2e-3}, Ghost(strength=fixed(0), label="λ = 0")),
        (
            {**STEP, "schedule": "warmup", "schedule_from": 1e-3},
            Ghost(strength=fixed(0), label="λ = 0"),
        ),
    ],
)
def test_the_ghost_is_the_member_that_no_step_moves(
    settings: dict[str, object], ghost: Ghost
) -> None:
    assert ghost_of(trajectories.curve(**settings)) == ghost


def shown(trajectory: Trajectory, chart: str) -> dict[str, tuple[str | None, list[float]]]:
    epoch = int(trajectory.epochs[-1])
    figure = named(trajectory, chart).at(trajectory, 0.1, epoch)
    return {trace.name: (trace.line.color, list(trace.y)) for trace in figure.data}


def test_charts_over_epochs_and_histograms_draw_it_in_grey_under_its_name() -> None:
    trajectory = trajectories.curve(**STEP, schedule_from=1e-3)
    grey = "#9AA0A6"
    last = trajectory.histogram[2, -1, 0, 1:-1].astype(float)
    assert shown(trajectory, "counts_dense_1")["no step, λ = 0.001"] == (grey, last.tolist())
    score = shown(trajectory, "error")["validation, no step, λ = 0.001"]
    assert score == (grey, trajectory.val_data_loss[2].tolist())
    assert trajectory.grid_predictions is not None
    fit = shown(trajectory, "fitted_curve")["no step, λ = 0.001"]
    assert fit == (grey, trajectory.grid_predictions[2, -1].tolist())


def test_pictures_of_units_stand_above_it() -> None:
    trajectory = trajectories.digits(schedule="step", schedule_epoch=3, schedule_from=1e-4)
    assert trajectory.unit_pictures is not None
    pictures = named(trajectory, "unit_pictures").at(trajectory, 0.1, 6).data
    assert pictures[1].name == "A, or no step, λ = 10⁻⁴"
    tile = np.array(pictures[1].z)[:8, :8]
    np.testing.assert_array_equal(tile, trajectory.unit_pictures[1, -1, 0])
