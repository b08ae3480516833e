"""Several figures of one chart as one: its axes, its key and its file."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from PIL import Image

import l2viz
from l2viz.charts import Chart
from l2viz.pictures.browser import Browser, Picture
from l2viz.pictures.side_by_side import side_by_side, usual_size
from tests.pictures.runs import (
    RUNS,
    every_sort,
    needs_poppler,
    pdf_words,
    run_of,
    sorts,
    svg_words,
    words,
)

AXIS = re.compile(r"^[xy]axis\d*$")
SEVERAL = [kind for kind in RUNS if kind != "one recorded run"]


@functools.cache
def strip(kind: str, chart: Chart) -> tuple[list[go.Figure], go.Figure]:
    """Return the figures of a chart at three strengths or fewer, and all of them as one."""
    run = run_of(kind)
    chosen = [float(each) for each in run.strengths[[0, len(run.strengths) // 2, -1]]]
    figures = [chart.at(run, each, int(run.epochs[-1])) for each in chosen]
    headings = [f"λ = {each:g}" for each in chosen]
    return figures, side_by_side(figures, headings, chart.heading, usual_size(3))


def axes_of(figure: go.Figure) -> dict[str, dict[str, Any]]:
    layout = figure.to_plotly_json()["layout"]
    return {name: axis for name, axis in layout.items() if AXIS.match(name)}


def full(reference: str) -> str:
    """Return the name in the layout of an axis that a trace calls "x2"."""
    return f"{reference[0]}axis{reference[1:]}"


def test_every_chart_keeps_its_axes_and_traces_in_a_panel() -> None:
    for kind, chart in every_sort(SEVERAL):
        figures, joined = strip(kind, chart)
        axes, before = axes_of(joined), axes_of(figures[0])
        assert len(axes) == 3 * len(before), chart.name
        assert len(joined.data) == sum(len(figure.data) for figure in figures)
        for trace in joined.data:
            for letter in ("x", "y"):
                assert full(getattr(trace, f"{letter}axis") or letter) in axes, chart.name
        for axis in axes.values():
            for key in ("anchor", "overlaying", "scaleanchor", "matches"):
                if axis.get(key) not in (None, "free"):
                    assert full(axis[key]) in axes, (chart.name, key)


def test_panels_stand_beside_each_other_and_keep_their_ranges() -> None:
    for kind, chart in every_sort(SEVERAL):
        figures, joined = strip(kind, chart)
        axes, before = axes_of(joined), axes_of(figures[0])
        stride = max(int(name[5:] or 1) for name in before)
        ends = -1.0
        for panel in range(3):
            lows, highs = [], []
            for name, axis in before.items():
                number = int(name[5:] or 1) + panel * stride
                moved = axes[f"{name[:5]}{number if number > 1 else ''}"]
                assert moved.get("range") == axis.get("range")
                if name[0] == "x":
                    lows.append(moved["domain"][0])
                    highs.append(moved["domain"][1])
                else:
                    assert moved.get("domain") == axis.get("domain")
            assert min(lows) > ends, chart.name
            ends = max(highs)
        assert ends == pytest.approx(1.0)


def test_the_key_and_the_colour_bar_are_shown_once() -> None:
    for kind, chart in every_sort(SEVERAL):
        figures, joined = strip(kind, chart)
        entries = [trace.name for trace in joined.data if trace.showlegend]
        assert len(entries) == len(set(entries)), chart.name
        alone = {
            trace.name
            for trace in figures[0].data
            if trace.showlegend or (trace.showlegend is None and trace.type != "heatmap")
        }
        assert set(entries) == alone, chart.name
        bars = [trace for trace in joined.data if "colorbar" in trace.to_plotly_json()]
        assert sum(trace.showscale is not False for trace in bars) <= len(bars) / 3


def test_annotations_shapes_and_images_go_with_their_panel() -> None:
    figure = go.Figure(
        data=[{"type": "scatter", "y": [1, 2]}],
        layout={
            "xaxis": {"title": {"text": "x"}},
            "annotations": [
                {"text": "in the axes", "x": 1, "y": 2, "xref": "x", "yref": "y domain"},
                {"text": "on the paper", "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"},
            ],
            "shapes": [{"type": "line", "x0": 0, "x1": 1, "xref": "paper", "yref": "y"}],
        },
    )
    joined = side_by_side([figure, figure], ["one", "two"], "both", (500, 300)).to_plotly_json()
    texts: dict[str, list[Any]] = {}
    for each in joined["layout"]["annotations"]:
        texts.setdefault(each["text"], []).append(each)
    assert [each["xref"] for each in texts["in the axes"]] == ["x", "x2"]
    assert [each["yref"] for each in texts["in the axes"]] == ["y domain", "y2 domain"]
    left, right = (each["x"] for each in texts["on the paper"])
    assert 0.2 < left < 0.25 and 0.75 < right < 0.8
    assert {"<b>one</b>", "<b>two</b>"} < texts.keys()
    first, second = joined["layout"]["shapes"]
    assert (first["x0"], second["x1"]) == pytest.approx((0.0, 1.0))
    assert (first["yref"], second["yref"]) == ("y", "y2")


def test_the_key_is_of_a_panel_that_has_data() -> None:
    figures = [
        go.Figure(data=[{"type": "bar", "name": "w", "x": [1][:count], "y": [2][:count]}])
        for count in (0, 1, 1)
    ]
    joined = side_by_side(figures, ["1", "2", "3"], "all", (500, 300))
    assert [trace.showlegend for trace in joined.data] == [False, True, False]


def test_a_title_that_is_wider_than_a_panel_is_written_once_below() -> None:
    title = "a title that is far wider than any of the panels"
    figure = go.Figure(
        data=[{"type": "scatter", "y": [1]}], layout={"xaxis": {"title": {"text": title}}}
    )
    joined = side_by_side([figure] * 3, ["1", "2", "3"], "all", (500, 300)).to_plotly_json()
    assert [a["text"] for a in joined["layout"]["annotations"]].count(title) == 1
    assert all(
        not axis["title"]["text"] for name, axis in joined["layout"].items() if name[:5] == "xaxis"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("strips")
    l2viz.save_strip(
        run_of("curve"),
        into,
        chart="norms",
        strengths=(0.0, 1e-3, 0.1),
        formats=("png", "svg", "pdf"),
        size=(640, 330),
        scale=2,
    )
    return into


WORDS = [*("Norms and validation", "epoch 45", "λ = 0", "λ = 0.001", "λ = 0.1", "‖w‖", "error")]


def test_a_strips_files_have_names_sizes_and_text(folder: Path) -> None:
    stem = "l2viz_curve_seed-0_norms-strip_lambda-0-0.001-0.1_epoch-45"
    assert {path.name for path in folder.iterdir()} == {
        f"{stem}.{x}" for x in ("png", "svg", "pdf")
    }
    with Image.open(folder / f"{stem}.png") as image:
        assert image.size == (1280, 660)
    found = svg_words(folder / f"{stem}.svg")
    assert all(words(text) in found for text in WORDS)


@needs_poppler
def test_a_strips_pdf_has_its_text(folder: Path) -> None:
    found = pdf_words(next(folder.glob("*.pdf")))
    assert all(words(text) in found for text in WORDS)


def test_a_strip_over_epochs_is_the_file_that_is_named(tmp_path: Path) -> None:
    into = tmp_path / "mine.SVG"
    written = l2viz.save_strip(run_of("curve"), into, chart="error", epochs=(0, 10, 45))
    assert written == (into,)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.SVG"]
    found = svg_words(into)
    assert all(words(text) in found for text in ("epoch 0", "epoch 10", "epoch 45", "λ = "))


@pytest.mark.slow
@pytest.mark.parametrize("kind", SEVERAL)
def test_a_strip_of_every_chart_can_be_drawn(kind: str) -> None:
    size = usual_size(3)
    charts = sorts(kind)
    pictures = [Picture(figure=strip(kind, chart)[1], format="svg", size=size) for chart in charts]
    with Browser() as browser:
        for chart, content in zip(charts, browser.drawn(pictures), strict=True):
            text = content.decode()
            assert text.startswith("<svg")
            assert text.count("λ = ") >= 3, chart.name
