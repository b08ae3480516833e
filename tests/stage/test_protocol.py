"""The bytes of a run, read back without numpy and compared with the arrays of the charts."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from l2viz.analysis.verdict import verdict
from l2viz.charts import Chart, Drawing, charts_of, readouts_of, usual_charts
from l2viz.charts.core.arrays import ChartArray, chart_arrays
from l2viz.charts.core.chart import bound_arrays
from l2viz.charts.core.theme import THEMES
from l2viz.trajectory import Trajectory
from tests import trajectories
from tests.stage.answers import answer
from tests.stage.wire_reader import assert_equal_frames, read

KINDS = {
    "curve": trajectories.curve(),
    "digits": trajectories.digits(),
    "linear": trajectories.curve(hidden=(), regularized="first"),
    "alone": trajectories.digits(strengths=(0.0,)),
    "float64": trajectories.curve(dtype="float64"),
    "both": trajectories.digits(penalties=("l2", "l1"), repeats=2),
    "few pictures": trajectories.digits(picture_epochs=(0, 2, 5)),
}
EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))


def there(value: Any) -> Any:
    """Return plain values without those that are None."""
    if isinstance(value, dict):
        return {name: there(part) for name, part in value.items() if part is not None}
    return value


def bound(trajectory: Trajectory) -> dict[str, ChartArray]:
    """Return the names of arrays that a chart, a number or the stage itself reads."""
    found = chart_arrays(
        trajectory, {readout.array for readout in readouts_of(trajectory)} | {"best_strength"}
    )
    for chart in charts_of(trajectory):
        drawing = chart.drawing(trajectory)
        names = {b.array for b in drawing.bindings} | {n.array for n in drawing.numbers}
        names |= {b.ribbons.ends for b in drawing.bindings if b.ribbons}
        arrays = bound_arrays(trajectory, {chart: drawing})
        assert set(arrays) == names | {"best_strength"}
        found |= arrays
    return found


@EVERY_KIND
def test_every_bound_array_travels_whole(kind: str) -> None:
    trajectory = KINDS[kind]
    header, frames = read(answer(trajectory))
    layouts = {array["name"]: array for array in header["arrays"]}
    still = {array["name"]: array for array in header["still"]}
    arrays = bound(trajectory)
    assert set(layouts) | set(still) == set(arrays)
    assert not set(layouts) & set(still)
    assert len(frames) == header["frames"] == len(trajectory.epochs)
    for name, array in arrays.items():
        sent = layouts[name] if array.by_epoch else still[name]
        leading = int(array.by_epoch) + int(array.by_strength)
        assert sent["shape"] == list(array.values.shape[leading:])
        assert sent["by_strength"] == array.by_strength
        if array.by_epoch:
            kept = range(len(frames)) if array.kept is None else array.kept.tolist()
            assert [e for e, frame in enumerate(frames) if name in frame] == list(kept)
            for row, epoch in enumerate(kept):
                sent = frames[epoch][name]
                np.testing.assert_allclose(sent, array.values[row].ravel(), rtol=1e-7)
        else:
            values = np.array(sent["values"], dtype=np.float64)  # None is read as NaN
            np.testing.assert_array_equal(values, array.values.ravel())


@EVERY_KIND
def test_frames_do_not_overlap_and_leave_less_than_a_word_between(kind: str) -> None:
    header, _ = read(answer(KINDS[kind]))
    sizes = {"float32": 4, "int32": 4, "uint16": 2, "int8": 1}
    end = 0
    for array in (array for array in header["arrays"] if not array.get("kept")):
        assert 0 <= array["offset"] - end < 4
        end = array["offset"] + array["length"] * sizes[array["dtype"]]
    assert 0 <= header["frame_bytes"] - end < 4


@EVERY_KIND
def test_answers_in_parts_are_the_whole(kind: str) -> None:
    trajectory = KINDS[kind]
    count = len(trajectory.epochs)
    whole_header, whole = read(answer(trajectory))
    for first in range(1, count):
        head = trajectories.part(trajectory, 0, first)
        tail = trajectories.part(trajectory, first, count)
        opening, before = read(answer(head, state="training", share=0.5))
        header, after = read(answer(tail, trajectory, first=first))
        assert_equal_frames(before + after, whole)
        in_frames = [
            [array for array in each["arrays"] if not array.get("kept")]
            for each in (header, opening, whole_header)
        ]
        assert in_frames[0] == in_frames[1] == in_frames[2]
        assert header["ranges"] == whole_header["ranges"]
        for name in ("charts", "readouts", "themes", "strengths", "recorded_epochs", "still"):
            assert name not in header
        for name in ("readouts", "themes", "strengths", "recorded_epochs", "still"):
            assert opening[name] == whole_header[name]


@pytest.mark.parametrize("names", [None, ("",), ("norms", "penalty")])
def test_every_requested_chart_is_drawn_once_per_answer(
    names: tuple[str, ...] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    trajectory = KINDS["digits"]
    every = charts_of(trajectory)
    drawn: list[str] = []

    def counted(chart: Chart, path: Trajectory) -> Drawing:
        drawn.append(chart.name)
        return draw(chart, path)

    draw = Chart.drawing
    monkeypatch.setattr(Chart, "drawing", counted)
    wanted = usual_charts(every) if names == ("",) else every
    if names and names != ("",):
        wanted = tuple(chart for chart in every if chart.name in names)
    for first in (0, 3):  # the opening, and a poll
        tail = trajectories.part(trajectory, first, 6)
        answer(tail, trajectory, first=first, state="training", charts=names)
        assert sorted(drawn) == sorted(chart.name for chart in wanted)
        drawn.clear()


@EVERY_KIND
def test_the_opening_tells_what_the_stage_needs(kind: str) -> None:
    trajectory = KINDS[kind]
    header, _ = read(answer(trajectory))
    assert header["strengths"] == list(trajectory.experiment.strengths)
    assert header["recorded_epochs"] == trajectory.epochs.tolist()
    assert header["themes"] == {name: dict(colours) for name, colours in THEMES.items()}
    assert len(header["strength_texts"]) == len(header["strengths"])
    assert header["most_charts"] == 6
    assert [chart["name"] for chart in header["charts"]] == [
        chart.name for chart in charts_of(trajectory)
    ]
    for sent, chart in zip(header["charts"], charts_of(trajectory), strict=True):
        drawing = chart.drawing(trajectory)
        plain = [dataclasses.asdict(binding) for binding in drawing.bindings]
        assert [there(binding) for binding in sent["bindings"]] == [
            there(json.loads(json.dumps(binding))) for binding in plain
        ]
        assert len(sent["traces"]) == len(drawing.traces)
        for axis, limits in header["ranges"][chart.name].items():
            assert sent["layout"][axis]["range"] == limits
            assert limits[0] < limits[1]


@pytest.mark.parametrize(
    ("state", "ended"),
    [
        ("queued", False),
        ("training", False),
        ("finished", True),
        ("stopped", True),
        ("failed", True),
    ],
)
def test_every_state_before_anything_was_measured(state: str, ended: bool) -> None:
    header, frames = read(
        answer(None, state=state, message="One other run is trained first.", share=0.0)
    )
    assert frames == []
    assert header == {
        "state": state,
        "message": "One other run is trained first.",
        "ended": ended,
        "share": 0.0,
        "seconds_left": None,
        "pause": 0.04,
        "verdict": "",
        "diverged": "",
        "frames": 0,
    }


@pytest.mark.parametrize("state", ["training", "finished", "stopped", "failed"])
def test_the_verdict_comes_with_the_end(state: str) -> None:
    trajectory = KINDS["digits"]
    header, _ = read(answer(trajectory, state=state))
    assert header["verdict"] == ("" if state == "training" else verdict(trajectory))


def test_the_initialization_alone_has_no_verdict() -> None:
    header, _ = read(answer(trajectories.part(KINDS["digits"], 0, 1), state="stopped"))
    assert header["verdict"] == ""


def test_an_answer_without_news_still_tells_state_ranges_and_verdict() -> None:
    trajectory = KINDS["curve"]
    header, frames = read(
        answer(None, trajectory, first=6, message="Épuisé: λ", share=0.25, seconds_left=1.5)
    )
    assert frames == []
    assert header["frames"] == 0
    assert header["message"] == "Épuisé: λ"
    assert (header["share"], header["seconds_left"]) == (0.25, 1.5)
    assert header["verdict"] == verdict(trajectory)
    assert set(header["ranges"]) == {chart.name for chart in charts_of(trajectory)}


@EVERY_KIND
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_travels_in_frames_and_never_in_the_header(
    kind: str, value: float
) -> None:
    trajectory = KINDS[kind]
    holed = {}
    for name in ("train_data_loss", "val_data_loss", "kernel_norm", "grid_predictions"):
        values = getattr(trajectory, name)
        if values is not None:
            holed[name] = values.copy()
            holed[name][(0,) * trajectory.experiment.leading_axes + (0, 1)] = value
    context = trajectory.context
    if context.grid_truth is not None:
        truth = context.grid_truth.copy()
        truth[2] = value
        context = dataclasses.replace(context, grid_truth=truth)
    with np.errstate(invalid="ignore"):  # from arithmetic in the test, not from encoding
        header, frames = read(
            answer(dataclasses.replace(trajectory, context=context, **holed), state="training")
        )
    np.testing.assert_equal(frames[1]["train_data_loss"][0], value)
    still = {array["name"]: array["values"] for array in header["still"]}
    if "grid_truth" in still:
        assert still["grid_truth"][2] is None
        assert None not in still["grid_inputs"]


def test_float64_beyond_float32_is_infinite_without_a_warning() -> None:
    trajectory = KINDS["float64"]
    large = trajectory.train_data_loss.copy()
    large[1, 2] = 1e300
    _, frames = read(answer(dataclasses.replace(trajectory, train_data_loss=large)))
    assert frames[2]["train_data_loss"][1] == np.inf
