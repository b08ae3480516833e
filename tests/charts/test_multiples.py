"""All strengths at once: each cell holds the picture of its strength."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from l2viz.charts import charts_of
from l2viz.charts.core.cells import spread
from l2viz.charts.multiples import MOST_NETWORKS
from l2viz.trajectory.links import links_of
from tests import trajectories
from tests.charts.every_chart import KINDS, chart_of, figure, named, places


def lines_of(values: Any) -> list[np.ndarray]:
    """Return the lines between the gaps."""
    flat = np.asarray(values, dtype=float)
    return np.split(flat, np.flatnonzero(np.isnan(flat)))


def cells_of(shown: list[int], columns: int) -> dict[int, tuple[int, int]]:
    """Return the column and the row of each shown strength, in reading order."""
    return {member: divmod(place, columns)[::-1] for place, member in enumerate(shown)}


def grid_of(members: int) -> dict[int, tuple[int, int]]:
    return cells_of(list(range(members)), math.ceil(math.sqrt(1.7 * members)))


def test_each_curve_is_in_the_cell_of_its_strength() -> None:
    run, chart = chart_of("curve", "multiples")
    assert run.grid_predictions is not None and run.context.train_points is not None
    members = len(run.strengths)
    cells = grid_of(members)
    for place in places(run):
        traces = {trace.name: trace for trace in figure(run, chart, place).data}
        across, up = (lines_of(traces["fit"][axis]) for axis in "xy")
        assert len(across) == len(up) == members
        slopes = set()
        for member in range(members):
            x, y = (part[member][np.isfinite(part[member])] for part in (across, up))
            column, row = cells[member]
            assert column < x.min() < x.max() < column + 1
            assert -row <= y.min() <= y.max() < -row + 1
            shown = run.grid_predictions[member, place.e]
            inside = (y > y.min() + 1e-9) & (y < y.max() - 1e-9)  # the rest may be cut off
            if inside.sum() > 2:
                slope, _ = np.polyfit(shown[inside], y[inside], 1)
                slopes.add(round(float(slope), 4))
        assert len(slopes) == 1, "one scale for all"
        np.testing.assert_array_equal(traces["fit at λ"].x, across[place.k][-len(shown) :])
        frame = np.asarray(traces["chosen λ"].x)
        assert math.floor(frame.min()) == cells[place.k][0]


def pictures_of(kind: str, name: str, array: np.ndarray) -> None:
    """Check that each shown strength's picture stands in its cell, right way up."""
    run, chart = chart_of(kind, name)
    members = len(run.strengths)
    grid = grid_of(members) if name.startswith("multiples") else cells_of([0, 1, 2, 3, 4], 5)
    for place in places(run):
        drawn = [each for each in figure(run, chart, place).data if each.type == "heatmap"]
        assert len(drawn) == len(grid)
        for (member, (column, row)), picture in zip(grid.items(), drawn, strict=True):
            wanted = array[member, place.e]
            np.testing.assert_array_equal(picture.z, wanted)
            rows, columns = wanted.shape
            left, bottom = picture.x0 - picture.dx / 2, picture.y0 - picture.dy / 2
            assert column < left < left + columns * picture.dx < column + 1
            assert -row < bottom < bottom + rows * picture.dy < -row + 1


@pytest.mark.parametrize("name", ["multiples", "strip"])
def test_each_boundary_is_in_the_cell_of_its_strength(name: str) -> None:
    run, chart = chart_of("plane", name)
    assert run.boundary is not None
    pictures_of("plane", name, run.boundary)
    (picture, *_) = chart.drawing(run).traces
    rows, columns = run.boundary.shape[-2:]
    low_x, high_x, low_y, high_y = run.context.grid_extent or (0, 1, 0, 1)
    scale = (picture["dx"] * columns / (high_x - low_x)) / (picture["dy"] * rows / (high_y - low_y))
    assert scale == pytest.approx(1.0), "a circle is a circle"


@pytest.mark.parametrize("name", ["multiples_units", "strip_units"])
def test_the_units_of_each_strength_are_in_its_cell_with_square_pixels(name: str) -> None:
    run, chart = chart_of("digits", name)
    units = run.unit_pictures
    assert units is not None
    tiles = np.zeros((*units.shape[:2], 3 * 9 - 1, 3 * 9 - 1), dtype=np.int8)
    for unit in range(9):
        top, left = 9 * (unit // 3), 9 * (unit % 3)
        tiles[:, :, top : top + 8, left : left + 8] = units[:, :, unit]
    pictures_of("digits", name, tiles[:, :, ::-1])  # the first row of a heatmap is the lowest
    drawing = chart.drawing(run)
    (picture, *_) = drawing.traces
    assert picture["dx"] == pytest.approx(picture["dy"])
    assert drawing.layout["yaxis"]["scaleanchor"] == "x"


@pytest.mark.parametrize("name", ["multiples_network", "strip_network"])
def test_the_links_of_each_strength_are_in_its_cell_on_one_scale(name: str) -> None:
    run, chart = chart_of("digits", name)
    links, weights = links_of(run.experiment), run.link_weights
    assert links is not None and weights is not None
    grid = grid_of(5) if name.startswith("multiples") else cells_of([0, 1, 2, 3, 4], 5)
    for place in places(run):
        traces = [t for t in figure(run, chart, place).data if "λ = " in t.name]
        thickness = []
        for (member, (column, row)), (positive, negative) in zip(
            grid.items(), zip(traces[::2], traces[1::2], strict=True), strict=True
        ):
            for sign, trace in ((1, positive), (-1, negative)):
                x, y = (np.reshape(trace[axis], (-1, 5))[:, :4] for axis in "xy")
                assert len(x) == len(links.index)
                assert column < x.min() < x.max() < column + 1
                assert -row < y.min() < y.max() < -row + 1
                signed = np.maximum(sign * weights[member, place.e], 0.0)
                thick = y[:, 3] - y[:, 0]
                assert (thick[signed == 0.0] == 0.0).all()
                shown = (signed > 0.0) & (thick < thick.max() * 0.999)
                thickness += (thick[shown] / signed[shown]).tolist()
        np.testing.assert_allclose(thickness, thickness[0], rtol=1e-3)


def test_there_are_at_most_twelve_networks_and_five_cells_in_a_strip() -> None:
    run = trajectories.digits(strengths=(0.0, *np.geomspace(1e-4, 0.1, 24)))
    for name, most in (("multiples_network", MOST_NETWORKS), ("strip_units", 5)):
        traces = named(run, name).drawing(run).traces
        (labels,) = (trace for trace in traces if trace["name"] == "strengths")
        assert len(labels["text"]) == most
        assert {"0", "λ = 0"} & {labels["text"][0]}
        assert labels["text"][-1] in ("0.1", "λ = 0.1")
        chosen = named(run, name).at(run, float(run.strengths[1]), 6)
        (frame,) = (trace for trace in chosen.data if trace.name == "chosen λ")
        assert np.isnan(np.asarray(frame.x, float)).all()  # it has no cell


@pytest.mark.parametrize(("count", "most"), [(25, 12), (5, 5), (3, 5), (2, 5), (26, 5)])
def test_shown_strengths_are_evenly_spread_from_the_first_to_the_last(
    count: int, most: int
) -> None:
    shown = spread(count, most)
    assert (shown[0], shown[-1], len(shown)) == (0, count - 1, min(count, most))
    assert np.ptp(np.diff(shown)) <= 1


def test_the_target_of_each_cell_is_its_strength() -> None:
    run, chart = chart_of("curve", "multiples")
    (target,) = (trace for trace in chart.drawing(run).traces if trace["name"] == "choose")
    assert target["meta"] == {"chooses": "strength"}
    assert len(target["text"]) == len(run.strengths)


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("curve", {"", "_network"}),
        ("plane", {"", "_network"}),
        ("digits", {"_units", "_network"}),
        ("linear", {"_network"}),
        ("alone", set()),
    ],
)
def test_there_are_some_where_each_strength_has_a_picture(kind: str, there: set[str]) -> None:
    names = {chart.name for chart in charts_of(KINDS[kind])}
    for start in ("multiples", "strip"):
        found = {name.removeprefix(start) for name in names if name.startswith(start)}
        assert found == there
    assert "multiples" not in {c.name for c in charts_of(trajectories.plane(strengths=(0.0,)))}
