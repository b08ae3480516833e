"""Python and the browser resolve every binding equally: bindings.js in node, binding.py."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import l2viz.stage.component
from l2viz.charts import charts_of, readouts_of
from l2viz.charts.core.arrays import chart_arrays
from l2viz.charts.core.binding import Position, resolve
from l2viz.charts.core.chart import bound_arrays
from l2viz.trajectory import Trajectory
from tests import trajectories
from tests.cases import others_slow
from tests.stage.answers import answer as encoded

STAGE = Path(l2viz.stage.component.__file__).parent / "frontend"
HARNESS = Path(__file__).with_name("resolve_bindings.mjs")

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: bindings.js cannot be run"
)


def holed(trajectory: Trajectory) -> Trajectory:
    """Return a run with NaN in losses, and in an array without epoch axis."""
    assert trajectory.context.grid_truth is not None
    trajectory.context.grid_truth[3] = np.nan
    trajectory.val_data_loss[-1, 1] = np.nan
    trajectory.train_data_loss[-1, 2:] = np.inf
    return trajectory


KINDS = {
    "curve": trajectories.curve(),
    "digits": trajectories.digits(),
    "linear": trajectories.curve(hidden=(), regularized="first"),
    "alone": trajectories.digits(strengths=(0.0,)),
    "no numbers": holed(trajectories.curve()),
    "both": trajectories.digits(penalties=("l2", "l1"), repeats=2),
    "stepped": trajectories.curve(schedule="step", schedule_epoch=20, schedule_from=1e-3),
    "few pictures": trajectories.digits(picture_epochs=(0, 2, 5)),
}


def positions(trajectory: Trajectory) -> list[Position]:
    """Return corner positions, and random ones with and without pins."""
    members, epochs = len(trajectory.strengths), len(trajectory.epochs)
    generator = np.random.default_rng(2)
    found = [
        Position(strength=k, epoch=e) for k in {0, members - 1} for e in sorted({0, epochs - 1})
    ]
    for a, b in itertools.product((False, True), repeat=2):
        for _ in range(4):
            k, first, second = (int(member) for member in generator.integers(0, members, 3))
            epoch = int(generator.integers(0, epochs))
            found.append(
                Position(
                    strength=k,
                    epoch=epoch,
                    a=first if a else None,
                    b=second if b else None,
                )
            )
    return found


def in_javascript(
    trajectory: Trajectory, places: list[Position], folder: Path, *, first: int
) -> list[dict[str, Any]]:
    """Run the stage's modules on the run's answers, the first with `first` snapshots."""
    count = len(trajectory.epochs)
    paths = []
    for start, stop in ((0, first), (first, count)):
        new = trajectories.part(trajectory, start, stop)
        paths.append(folder / f"answer-{start}")
        part = encoded(new, trajectory, state="training", first=start, share=stop / count)
        paths[-1].write_bytes(part)
    question = {
        "stage": str(STAGE),
        "answers": [str(path) for path in paths],
        "positions": [vars(place) for place in places],
    }
    ran = subprocess.run(
        ["node", str(HARNESS)],
        input=json.dumps(question).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)


def numbers(values: Any) -> Any:
    return np.array(values, dtype=np.float64)  # "NaN" and "Infinity" are parsed as such


@pytest.mark.parametrize("kind", others_slow(sorted(KINDS), quick=["curve", "digits", "both"]))
def test_the_browser_resolves_every_binding_as_python_does(kind: str, tmp_path: Path) -> None:
    trajectory = KINDS[kind]
    places = positions(trajectory)
    arrays = chart_arrays(trajectory)
    answers = in_javascript(trajectory, places, tmp_path, first=2)
    assert len(answers) == len(places)
    for place, answer in zip(places, answers, strict=True):
        assert answer["best"] == arrays["best_strength"].values[place.epoch]
        for chart, resolved in zip(charts_of(trajectory), answer["bindings"], strict=True):
            drawing = chart.drawing(trajectory)
            bindings = drawing.bindings
            arrays = bound_arrays(trajectory, {chart: drawing})
            for binding, found in zip(bindings, resolved, strict=True):
                ours = resolve(binding, arrays, place)
                if found["values"] is None:
                    assert ours.size == 0, (chart.name, binding)
                    continue
                assert ours.size > 0, (chart.name, binding)
                theirs = numbers(found["values"])
                assert theirs.shape == ours.shape, (chart.name, binding)
                np.testing.assert_allclose(
                    theirs, ours, rtol=1e-7, err_msg=f"{chart.name}: {binding} at {place}"
                )
        arrays = chart_arrays(trajectory)
        for readout, number in zip(readouts_of(trajectory), answer["numbers"], strict=True):
            ours = arrays[readout.array].values[place.epoch, place.strength]
            np.testing.assert_allclose(numbers(number), ours, rtol=1e-7)


@pytest.mark.parametrize("kind", ["curve", "digits"])
def test_a_binding_is_redrawn_wherever_its_values_differ(kind: str, tmp_path: Path) -> None:
    """Equal keys must mean equal values, or the stage would not redraw a changed line."""
    trajectory = KINDS[kind]
    answers = in_javascript(trajectory, positions(trajectory), tmp_path, first=3)
    seen: dict[tuple[int, int, str], Any] = {}
    changes = 0
    for answer in answers:
        for chart, resolved in enumerate(answer["bindings"]):
            for number, found in enumerate(resolved):
                key = (chart, number, found["key"])
                assert seen.setdefault(key, found["values"]) == found["values"]
                changes += 1
    assert len(seen) < changes  # some keys occurred twice
