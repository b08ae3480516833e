"""What saved pictures say of their run, and a chart's data as a table."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from l2viz.charts.core.saving import saving
from l2viz.charts.core.table import COLUMNS, csv_text
from tests import trajectories
from tests.charts.every_chart import chart_of


def test_the_caption_says_the_experiment_and_leaves_the_place_open() -> None:
    told = saving(trajectories.digits(penalties=("l2", "l1"), regularized="first", seed=0))
    assert told.caption == (
        "digits, 300 examples, 30 % of labels re-drawn; dense 11-5-10; adam 0.003; "
        "L2 and L1 on the first kernel; 6 epochs, seed 0. λ = {strength}, epoch {epoch}"
    )
    assert told.file == "l2viz_digits_seed-0_{chart}_lambda-{strength}_epoch-{epoch}"


@pytest.mark.parametrize(
    ("kind", "name", "unseen"), [("curve", "norms", {"A"}), ("digits", "unit_pictures", set())]
)
def test_a_table_has_every_point_of_the_figure(kind: str, name: str, unseen: set[str]) -> None:
    trajectory, chart = chart_of(kind, name)
    strength, epoch = float(trajectory.strengths[2]), int(trajectory.epochs[3])
    text = csv_text(chart, trajectory, strength, epoch, b=0.0)
    header, *rows = csv.reader(io.StringIO(text))
    assert tuple(header) == COLUMNS
    assert {(row[0], row[1]) for row in rows} == {("0.001", str(epoch))}
    figure = chart.at(trajectory, strength, epoch, b=0.0)
    assert {trace.name for trace in figure.data} - {row[2] for row in rows} == unseen
    for trace in figure.data:
        mine = [row for row in rows if row[2] == trace.name]
        if trace.type == "heatmap":
            table = np.zeros(np.shape(trace.z))
            for _, _, _, row, column, *_, z in mine:
                table[int(row), int(column)] = float(z)
            np.testing.assert_array_equal(table, trace.z)
        elif trace.name not in unseen:
            np.testing.assert_allclose([float(row[5]) for row in mine], trace.x)
            np.testing.assert_allclose([float(row[6]) for row in mine], trace.y)
