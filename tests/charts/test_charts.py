"""Properties of every chart: titles, ranges, themes, errors."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.charts import Chart, charts_of, get_chart, readouts_of
from l2viz.charts.core.arrays import chart_arrays, strength_positions
from l2viz.charts.core.chart import member_of
from l2viz.charts.core.theme import THEMES, coloured
from tests import trajectories
from tests.charts.every_chart import (
    EVERY_CHART,
    KINDS,
    Place,
    chart_of,
    draw_figure,
    figure,
    places,
)
from tests.charts.expected_weights import with_multiplier

# ---- properties of every chart


@EVERY_CHART
def test_the_same_place_gives_the_same_figure(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    _, place, *_ = places(trajectory)
    first, second = figure(trajectory, chart, place), draw_figure(trajectory, chart, place)
    assert first.to_json() == second.to_json()


@EVERY_CHART
def test_a_line_that_has_but_begun_is_a_dot(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    for epoch, mode in ((0, "markers"), (1, "lines")):
        traces = figure(trajectory, chart, Place(0, epoch, 0, 0)).data
        grows = {b.trace for b in chart.drawing(trajectory).bindings if b.epoch == "until"}
        assert {traces[trace].mode for trace in grows if len(traces[trace].x)} <= {mode}


@EVERY_CHART
def test_ranges_do_not_move_with_the_viewer(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    layouts = {
        json.dumps(
            {
                key: value
                for key, value in figure(trajectory, chart, place).layout.to_plotly_json().items()
                if "axis" in key
            }
        )
        for place in places(trajectory)
    }
    assert len(layouts) == 1


@EVERY_CHART
def test_every_axis_that_is_seen_has_a_title(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    layout = figure(trajectory, chart, Place(0, 0, None, None)).layout.to_plotly_json()
    axes = {key: value for key, value in layout.items() if key.startswith(("xaxis", "yaxis"))}
    assert len(axes) >= 2
    for key, axis in axes.items():
        if axis.get("visible") is False:
            continue
        if axis.get("showticklabels") is False and key.startswith("x"):
            continue  # a picture's columns are not quantities
        assert axis["title"]["text"], key
    titles = {axis["title"]["text"] for axis in axes.values() if "title" in axis}
    titles -= {layout["yaxis2"]["title"]["text"]} if name == "norms" else {""}  # below
    titles = {title.partition(", ")[0] if "penalty," in title else title for title in titles}
    titles = {re.sub(r"(of feature) \d+$", r"\1", title) for title in titles}
    titles = {re.sub(r"^[\d,]+ of [\d,]+ (weights, sorted)", r"\1", title) for title in titles}
    wanted = TITLES[name.partition("_dense")[0]]
    if "score" in wanted:
        wanted = wanted - {"score"} | {"error" if KINDS[kind].val_accuracy is None else "accuracy"}
    assert titles == wanted


MULTIPLES = ("", "_units", "_network")
TITLES: dict[str, set[str]] = {
    "network": set(),
    **{f"{shape}{what}": set() for shape in ("multiples", "strip") for what in MULTIPLES},
    "score_path": {"strength λ (log scale)", "score"},
    "units_at_strength": {"λ"},
    "norms": {"strength λ (log scale)", "‖w‖₂"},
    "norm": {"epoch", "‖w‖₂"},
    "fitted_curve": {"input x", "prediction"},
    "histogram": {"weight w", "weights in bin (log)"},
    "loss_ledger": {"epoch", "loss"},
    "penalty": {"epoch", "penalty λΣw²"},
    "error": {"epoch", "mean squared error (log)"},
    "accuracy": {"epoch", "accuracy"},
    "unit_pictures": {"λ", "A, or λ = 0", "B, or best"},
    "gap": {"strength λ (log scale)", "score"},
    "sparsity": {"threshold τ (log scale)", "share with |w| ≤ τ"},
    "coefficients": {"strength λ (log scale)", "weight w", "score"},
    "coefficients_units": {"strength λ (log scale)", "norm of unit", "score"},
    "tug_of_war": {"pull of the data, -∂(data loss)/∂w", "pull of the penalty"},
    "gradient_norms": {"epoch", "norm (log)", "angle (°)"},
    "counts": {"weight w", "weights in bin"},
    "penalty_path": {"strength λ (log scale)", "penalty λΣw²"},
    "penalty_share": {"strength λ (log scale)", "share of total loss"},
    "collapse": {"strength λ (log scale)", "norm ‖w‖₂", "data loss"},
    "ridge_strengths": {"weight w", "strength λ"},
    "ridge_epochs": {"weight w", "epoch"},
    "boundary": {"input x₁", "input x₂"},
    "dummy_answer": {"class", "probability"},
    "matrix": {"λ", "A, or λ = 0"},
    "half_life": {"epoch", "norm ÷ norm at λ = 0"},
    "geometry_l2": {"weight of feature"},
    "geometry_l1": {"weight of feature"},
    "curvature": {"curvature h of the data loss (log)", "share that is left"},
    "velocity": {"√v, root mean square gradient (log scale)", "|w| ÷ |w| at λ = 0"},
    "bars": {"weights, sorted by their values at λ = 0", "weight w"},
    "largest": {"weights, sorted by their values at λ = 0", "weight w"},
    "units": {"strength λ (log scale)", "units of a layer"},
    "units_epochs": {"epoch", "units of a layer"},
    "wrong_labels": {"strength λ (log scale)", "share of labels"},
    "wrong_labels_epochs": {"epoch", "share of labels"},
    "twin_histogram": {"weight w", "weights in bin (log)"},
    "compare_validation": {"strength λ (log scale)", "score"},
    "compare_norm": {"strength λ (log scale)", "norm ‖w‖₂"},
    "compare_gap": {"strength λ (log scale)", "gap"},
    "compare_validation_epochs": {"epoch", "score"},
    "compare_norm_epochs": {"epoch", "norm ‖w‖₂"},
    "compare_gap_epochs": {"epoch", "gap"},
}


@pytest.mark.parametrize(
    ("kind", "score"), [("curve", "error"), ("digits", "accuracy"), ("alone", "error")]
)
def test_the_norms_name_their_two_panels(kind: str, score: str) -> None:
    trajectory, chart = chart_of(kind, "norms")
    layout = figure(trajectory, chart, Place(0, 0, None, None)).layout
    assert layout.xaxis.title.text == "strength λ (log scale)"
    assert layout.yaxis.title.text == "‖w‖₂"
    assert layout.yaxis2.title.text == score
    assert layout.xaxis.ticktext[0] == "0"


def test_a_figure_says_what_it_shows() -> None:
    trajectory, chart = chart_of("digits", "histogram_dense_2")
    drawn = figure(trajectory, chart, Place(3, 2, None, None))
    assert drawn.layout.title.text == "Weights: dense_2 (λ = 0.009, epoch 2)"
    trajectory, chart = chart_of("curve", "loss_ledger")
    drawn = figure(trajectory, chart, Place(1, 5, None, None))
    title = "Loss ledger: data loss + penalties (λ = 10⁻⁴, epoch 45)"
    assert drawn.layout.title.text == title


@EVERY_CHART
def test_no_theme_leaves_a_role_in_a_figure(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    _, place, *_ = places(trajectory)  # with both pins
    for theme, colours in THEMES.items():
        drawn = (
            figure(trajectory, chart, place)
            if theme == "light"
            else draw_figure(trajectory, chart, place, theme=theme)
        )
        text = drawn.to_json()
        assert '"@' not in text
        assert colours["@text"] in text


def test_themes_have_a_colour_for_the_same_roles() -> None:
    roles = {frozenset(theme) for theme in THEMES.values()}
    assert len(roles) == 1
    assert coloured({"a": ["@a", ("@b", 1)]}, "light") == {
        "a": [THEMES["light"]["@a"], [THEMES["light"]["@b"], 1]]
    }


@EVERY_CHART
def test_names_and_words_of_charts(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    assert chart.title and chart.about.endswith(".") and chart.slot
    drawing = chart.drawing(trajectory)
    assert len({trace["name"] for trace in drawing.traces}) == len(drawing.traces)
    bound = {(binding.trace, binding.attribute) for binding in drawing.bindings}
    assert len(bound) == len(drawing.bindings)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_charts_of_one_place_differ_in_a_word_alone(kind: str) -> None:
    """The stage offers them in one list, by that word, under one heading."""
    slots: dict[str, list[Chart]] = {}
    for chart in charts_of(KINDS[kind]):
        slots.setdefault(chart.slot, []).append(chart)
    for slot, charts in slots.items():
        if len(charts) > 1:
            assert len({chart.title for chart in charts}) == 1, slot
            variants = [chart.variant for chart in charts]
            assert all(variants) and len(set(variants)) == len(variants), slot


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_charts_of_a_trajectory_are_named_once_and_readouts_are_bound(kind: str) -> None:
    trajectory = KINDS[kind]
    names = [chart.name for chart in charts_of(trajectory)]
    assert len(set(names)) == len(names)
    arrays = chart_arrays(trajectory)
    shape = (len(trajectory.epochs), len(trajectory.strengths))
    for readout in readouts_of(trajectory):
        assert arrays[readout.array].values.shape == shape
        assert readout.form in ("number", "percent", "points")


# ---- the ledger


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_top_of_the_ledger_is_the_loss_that_keras_reports(kind: str) -> None:
    whole, chart = chart_of(kind, "loss_ledger")
    trajectory = whole.twin()
    for place in places(trajectory):
        traces = {trace.name: trace for trace in figure(trajectory, chart, place).data}
        top = np.array(traces[with_multiplier(trajectory, len(trajectory.layer_names) - 1)].y)
        np.testing.assert_allclose(top, traces["loss (Keras)"].y, rtol=1e-6)
        for epoch, value in enumerate(top):
            penalty = sum(float(p) for p in trajectory.penalty[place.k, epoch])
            data_loss = float(trajectory.train_data_loss[place.k, epoch])
            assert value == pytest.approx(data_loss + penalty)


# ---- ranges


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_ranges_contain_what_they_promise(kind: str) -> None:
    trajectory = KINDS[kind].twin()
    layouts = {chart.name: chart.drawing(trajectory).layout for chart in charts_of(trajectory)}
    last = trajectory.experiment.epochs
    for name in ("loss_ledger", "penalty"):
        assert layouts[name]["xaxis"]["range"] == [0, last]
    norms = layouts["norms"]
    assert norms["yaxis"]["range"][0] == 0.0
    assert norms["yaxis"]["range"][1] > trajectory.kernel_norm.max()
    positions = strength_positions(trajectory.strengths)
    assert norms["xaxis"]["range"][0] < positions[0]
    assert positions[-1] < norms["xaxis"]["range"][1]
    assert (np.diff(positions) > 0).all()
    inside = [
        low <= tick <= high
        for tick in norms["xaxis"]["tickvals"]
        for low, high in [norms["xaxis"]["range"]]
    ]
    assert all(inside)
    for layer, layer_name in enumerate(trajectory.layer_names):
        layout = layouts[f"histogram_{layer_name}"]
        edges = trajectory.context.bin_edges[layer]
        assert layout["xaxis"]["range"] == [edges[0], edges[-1]]
        size = trajectory.context.kernel_sizes[layer]
        assert 10 ** layout["yaxis"]["range"][0] < 1 <= size < 10 ** layout["yaxis"]["range"][1]
    ledger = layouts["loss_ledger"]["yaxis"]["range"]
    total = trajectory.train_data_loss + trajectory.penalty.sum(axis=2)
    late = total[:, max(1, len(trajectory.epochs) // 4) :]
    assert (late <= ledger[1]).mean() >= 0.8
    assert ledger[1] > 1.1 * trajectory.context.constant_loss
    if trajectory.val_accuracy is not None:
        assert layouts["accuracy"]["yaxis"]["range"] == [0.0, 1.02]
    else:
        low, high = layouts["error"]["yaxis"]["range"]
        both = np.stack([trajectory.train_data_loss, trajectory.val_data_loss])
        assert np.log10(both.max()) <= high
        assert low <= np.log10(both.min()) or high - low == pytest.approx(3.5)
        if "fitted_curve" in layouts:
            assert trajectory.context.train_points is not None
            bottom, top = layouts["fitted_curve"]["yaxis"]["range"]
            assert bottom < trajectory.context.train_points[:, 1].min()
            assert top > trajectory.context.train_points[:, 1].max()


# ---- what a trajectory does not have


def test_a_strength_that_is_no_member_is_refused() -> None:
    trajectory, chart = chart_of("digits", "norms")
    with pytest.raises(ValueError) as refused:
        chart.at(trajectory, 0.006, 1)
    members = "0, 0.0001, 0.001, 0.009, 0.1"
    assert (
        str(refused.value) == f"strength must be one of {members} (the nearest: 0.009), got 0.006"
    )
    for wrong in ({"a": -1.0}, {"b": float("nan")}):
        with pytest.raises(ValueError) as refused:
            chart.at(trajectory, 0.0, 1, **wrong)
        ((pin, value),) = wrong.items()
        assert str(refused.value) == f"{pin} must be one of {members} (the nearest: 0), got {value}"


def test_every_strength_named_in_the_refusal_is_a_member() -> None:
    trajectory = trajectories.digits(strengths=(0.0, 0.0001234, 0.2))
    chart = get_chart(trajectory, "norms")
    with pytest.raises(ValueError) as refused:
        chart.at(trajectory, 0.1, 1)
    members = str(refused.value).removeprefix("strength must be one of ").split(" (")[0]
    for text in members.split(", "):
        chart.at(trajectory, float(text), 1)


@pytest.mark.parametrize(("epoch", "nearest"), [(-1, 0), (5, 0), (46, 45), (44, 45)])
def test_an_epoch_that_was_not_recorded_is_refused(epoch: int, nearest: int) -> None:
    trajectory, chart = chart_of("curve", "norms")
    with pytest.raises(ValueError) as refused:
        chart.at(trajectory, 0.0, epoch)
    assert str(refused.value) == (
        f"epoch must be a recorded one, 0 to 45 (the nearest: {nearest}), got {epoch}"
    )


@given(member=st.integers(0, 2), error=st.floats(-5e-7, 5e-7))
def test_the_nearest_of_close_strengths_is_meant(member: int, error: float) -> None:
    close = trajectories.curve(strengths=(0.0, 1e-3, 1e-3 * (1 + 2e-6)))
    assert member_of(close, float(close.strengths[member]) * (1 + error)) == member


@EVERY_CHART
def test_every_chart_says_in_one_line_what_it_shows(kind: str, name: str) -> None:
    _, chart = chart_of(kind, name)
    assert 10 <= len(chart.caption) <= 80
    assert chart.caption[0].isupper()
    assert not chart.caption.endswith(".")
