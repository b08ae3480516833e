"""How large the source page's network is over 200 epochs: in the trainer, and on the wire."""

from __future__ import annotations

import dataclasses

import pytest

from l2viz.charts import charts_of
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from l2viz.experiment.url import LARGEST_STAGE
from l2viz.trainer import Run
from l2viz.trajectory import Trajectory
from tests.stage.answers import answer

pytestmark = pytest.mark.usefixtures("one_thread")

LARGEST = 64 * 2**20


@pytest.fixture(scope="module")
def run() -> Run:
    """32 strengths × 200 epochs, each recorded; every snapshot is that of the initialization."""
    experiment = Experiment(
        dataset="digits28",
        hidden=(64, 32),
        epochs=200,
        record_every=1,
        strengths=strength_grid(1e-4, 0.1, 31),
    )
    with PathTraining(experiment) as path:
        first, context, kernels = path.measure(0), path.context, path.kernels()
    run = Run("784-64-32-10", experiment, 1)
    run.begin(context)
    for epoch in experiment.recorded_epochs:
        pictures = first.unit_pictures if epoch in context.picture_epochs else None
        run.add(dataclasses.replace(first, epoch=epoch, unit_pictures=pictures))
    run.end("finished", "", kernels)
    return run


def encoded(whole: Trajectory, charts: tuple[str, ...]) -> int:
    return len(answer(whole, charts=charts))


def test_in_the_trainer_it_is_smaller_than_64_MiB(run: Run) -> None:
    experiment, whole = run.experiment, run.trajectory()
    assert whole is not None
    assert (len(experiment.strengths), len(whole.epochs)) == (32, 201)
    assert experiment.parameter_count == 784 * 64 + 64 + 64 * 32 + 32 + 32 * 10 + 10
    every_kernel = 4 * 32 * 201 * sum(kernel[0].size for kernel in whole.kernels)
    print(
        f"{run.state.nbytes / 1e6:.1f} MB in the trainer; all kernels: {every_kernel / 1e9:.2f} GB"
    )
    assert run.state.nbytes < LARGEST < 0.05 * every_kernel


def test_on_the_wire_it_is_smaller_than_64_MiB_whichever_charts_are_asked_for(run: Run) -> None:
    whole = run.trajectory()
    assert whole is not None
    few, more = (
        Trajectory.of(whole.context, whole.snapshots()[:count], whole.kernels) for count in (2, 12)
    )
    names = [chart.name for chart in charts_of(whole)]

    def estimated(name: str) -> float:
        """Return the size with all epochs, from what ten epochs add."""
        start, growth = encoded(few, (name,)), encoded(more, (name,)) - encoded(few, (name,))
        return start + growth / 10 * (len(whole.epochs) - 2)

    largest = sorted(names, key=estimated)[-LARGEST_STAGE:]
    sizes = encoded(whole, ("",)), encoded(whole, tuple(largest))
    print(f"{sizes[0] / 1e6:.1f} MB of the usual charts; {sizes[1] / 1e6:.1f} MB of {largest}")
    assert sizes[0] < sizes[1] < LARGEST
