"""CSV files of anything: each becomes a table that trains, or one sentence that says what to do."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_iris
from sklearn.preprocessing import StandardScaler

from l2viz import data
from l2viz.data.brought import Table, bring
from l2viz.data.table_file import read_columns, to_table
from l2viz.data.usable import FEWEST_ROWS, LARGEST_CATEGORIES, LARGEST_ROWS, UnusableData
from l2viz.experiment import Experiment

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VALUES = (
    WORDS
    | st.floats().map(repr)
    | st.integers(-(10**30), 10**30).map(str)
    | st.sampled_from(["", "NA", "n/a", "?", "1e999", "-inf", "0,5", "=1+1", "<b>x</b>", "“", '"'])
)


def csv_of(rows: list[list[str]], delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode()


def table_of(content: bytes, target: int = -1, *, classes: bool | None = None) -> Table:
    columns = read_columns(content)
    chosen = columns[target]
    kind = chosen.is_classes if classes is None else classes
    return to_table(columns, chosen, classes=kind, title="mine")[0]


def check(table: Table) -> None:
    """Assert that an experiment of a table is valid, and that its data are finite."""
    experiment = Experiment(dataset=bring(table))
    dataset = data.load(experiment)
    assert len(dataset.train_inputs) == experiment.train_size
    for part in ("train", "val", "test"):
        inputs, targets = (getattr(dataset, f"{part}_{kind}") for kind in ("inputs", "targets"))
        assert inputs.shape == (len(targets), *experiment.input_shape)
        assert np.isfinite(inputs).all() and np.isfinite(targets).all()
        assert len(targets) >= 2


def outcome(content: bytes) -> str:
    """Return "" for a file that every target and task of it can be trained on, or a sentence."""
    sentence = ""
    try:
        columns = read_columns(content)
    except UnusableData as problem:
        return str(problem)
    for column in columns:
        for classes in (True, False):
            try:
                table, _ = to_table(columns, column, classes=classes, title="mine")
            except UnusableData as problem:
                sentence = str(problem)
            else:
                check(table)
    return sentence


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=0, max_size=30),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    width=st.integers(0, 5),
)
def test_any_file_trains_or_gets_one_sentence(
    rows: list[list[str]], delimiter: str, encoding: str, width: int
) -> None:
    if width:  # otherwise ragged
        rows = [[*row, *[""] * width][:width] for row in rows]
    text = csv_of(rows, delimiter).decode()
    sentence = outcome(text.encode(encoding))
    assert not sentence or ("\n" not in sentence and sentence[-1] in ".?"), sentence


NUMBERS = [[str(i), str(i % 3), str(0.5 * i)] for i in range(40)]
NAMES = ["a", "b", "y"]
ODD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty."),
    "blank lines": (b"\n \n,,\n", "The file is empty."),
    "one column": (csv_of([["a"], *([str(i)] for i in range(40))]), "The file has one column."),
    "only names": (csv_of([NAMES]), "The file has 0 rows."),
    "few rows": (csv_of([NAMES, *NUMBERS[: FEWEST_ROWS - 1]]), "The file has 11 rows."),
    "ragged": (csv_of([NAMES, *NUMBERS, ["1", "2", "3", "4"]]), "Row 42 has 4 values, and the"),
    "huge": (
        csv_of([NAMES, *([*row[:2], "1e200"] for row in NUMBERS)]),
        "The column “y” has numbers beyond ±1e+30.",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20, "This is no text file."),
    "a zip archive": (b"PK\x03\x04\x14\x00\x00\x00" * 20, "This is no text file."),
    "a huge field": (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "Line 2 cannot be read"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_read_says_what_to_change(name: str) -> None:
    content, expected = ODD[name]
    with pytest.raises(UnusableData) as refusal:
        read_columns(content)
    assert str(refusal.value).startswith(expected), str(refusal.value)
    assert str(refusal.value)[-1] in ".?"


TARGETS: dict[str, tuple[list[str], bool, str]] = {
    "one class": (["x"] * 40, True, "“y” has 1 different values; a classification needs 2 to 20"),
    "too many": ([f"c{i}" for i in range(40)], True, "“y” has 40 different values;"),
    "texts as numbers": (["u", "v"] * 20, False, "“y” is no column of numbers,"),
    "one number": (["7"] * 40, False, "“y” has one value only"),
    "all missing": (["NA"] * 40, True, "The target has 0 values."),
    "nearly all missing": (["NA"] * 35 + ["1"] * 5, False, "The target has 5 values."),
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_that_cannot_be_predicted_says_why(name: str) -> None:
    values, classes, expected = TARGETS[name]
    rows = [[*row[:2], value] for row, value in zip(NUMBERS, values, strict=True)]
    with pytest.raises(UnusableData) as refusal:
        table_of(csv_of([NAMES, *rows]), classes=classes)
    assert str(refusal.value).startswith(expected), str(refusal.value)


def test_columns_that_tell_nothing_are_named_and_left_out() -> None:
    rows = [[str(i), "same", f"id {i}", "" if i % 4 else "3", str(i % 2)] for i in range(40)]
    columns = read_columns(csv_of([["n", "<b>c</b>", "=id", "gaps", "y"], *rows]))
    table, notes = to_table(columns, columns[-1], classes=True, title="mine")
    assert table.inputs.shape == (40, 1)
    (note,) = notes
    assert note.startswith("Left out, as they have one value only, or more than 20 different texts")
    assert note.endswith(": <b>c</b>, =id, gaps.")
    with pytest.raises(UnusableData, match=r"^No column is left to predict from\."):
        to_table(columns[1:], columns[-1], classes=True, title="mine")


def test_texts_among_numbers_are_missing_and_named() -> None:
    rows = [[str(i) if i != 7 else "seven", str(i * i)] for i in range(40)]
    columns = read_columns(csv_of([["x", "y"], *rows]))
    table, notes = to_table(columns, columns[1], classes=False, title="mine")
    assert np.flatnonzero(np.isnan(table.inputs[:, 0])).tolist() == [7]
    assert notes == ("Missing values are replaced by the median, or count as zero: x (1).",)
    check(table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_recognised(encoding: str, delimiter: str) -> None:
    colours = ["blau" if i % 2 else "größer" for i in range(20)]
    rows = [["größe", "farbe", "preis"]]
    rows += [[f"{i},5", colour, f"{i}"] for i, colour in enumerate(colours)]
    columns = read_columns(csv_of(rows, delimiter).decode().encode(encoding))
    assert [column.name for column in columns] == rows[0]
    assert columns[1].categories == ("blau", "größer")
    assert columns[0].numbers is not None
    np.testing.assert_array_equal(columns[0].numbers, np.arange(20) + 0.5)


def test_names_are_made_where_there_are_none_or_twice() -> None:
    assert [c.name for c in read_columns(csv_of(NUMBERS))] == ["column 1", "column 2", "column 3"]
    given = csv_of([["a", "a", ""], *NUMBERS])
    assert [c.name for c in read_columns(given)] == ["a", "a (2)", "column 3"]


def test_of_a_large_file_a_sample_is_taken() -> None:
    rows = [[str(i), str(i % 2)] for i in range(3 * LARGEST_ROWS)]
    (first, _) = read_columns(csv_of([["x", "y"], *rows]))
    assert first.numbers is not None
    assert len(first.numbers) == LARGEST_ROWS and len(np.unique(first.numbers)) == LARGEST_ROWS
    assert 0.9 < first.numbers.mean() / (1.5 * LARGEST_ROWS) < 1.1


def test_a_million_lines_are_refused_in_a_sentence() -> None:
    content = b"x,y\n" + b"1,2\n" * 1_000_001
    with pytest.raises(UnusableData, match=r"^The file has more than 1,000,000 lines\."):
        read_columns(content)


FRAMES: dict[str, Any] = {
    "iris": load_iris(as_frame=True).frame,
    "diabetes": load_diabetes(as_frame=True, scaled=False).frame,
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_table_is_what_pandas_reads_standardised_by_scikit_learn(name: str) -> None:
    frame: pd.DataFrame = FRAMES[name]
    columns = read_columns(frame.to_csv(index=False).encode())
    assert [column.name for column in columns] == list(frame.columns)
    classes = columns[-1].is_classes
    assert classes == (name == "iris")
    table, notes = to_table(columns, columns[-1], classes=classes, title="mine")
    assert notes == ()
    np.testing.assert_array_equal(table.inputs, frame.iloc[:, :-1])
    np.testing.assert_array_equal(table.targets, frame.iloc[:, -1])
    dataset = data.load(Experiment(dataset=bring(table), dtype="float64", seed=3))
    held = table.held_out
    together = len(dataset.train_targets) + 2 * held
    assert together <= len(frame) and len(dataset.val_targets) == len(dataset.test_targets) == held
    order = np.random.default_rng([3, data.DATA_STREAM]).permutation(len(frame))
    train = frame.iloc[order[: len(dataset.train_targets)], :-1].to_numpy()
    scaler = StandardScaler().fit(train)
    np.testing.assert_allclose(dataset.train_inputs, scaler.transform(train), atol=1e-12)
    test = frame.iloc[order[-held:], :-1].to_numpy()
    np.testing.assert_allclose(dataset.test_inputs, scaler.transform(test), atol=1e-12)


def test_classes_by_name_and_categories_one_by_one() -> None:
    rows = [[("red", "green", "blue")[i % 3], str(i), ("no", "yes")[i % 2]] for i in range(30)]
    table = table_of(csv_of([["colour", "n", "y"], *rows]))
    assert table.classes == ("no", "yes")
    np.testing.assert_array_equal(table.targets, np.arange(30) % 2)
    expected = pd.get_dummies(pd.Series([row[0] for row in rows])).to_numpy(float)
    np.testing.assert_array_equal(table.inputs[:, :3], expected)


def test_a_plane_of_two_classes_has_its_boundary() -> None:
    generator = np.random.default_rng(0)
    points = generator.normal(size=(60, 2))
    rows = [[*map(str, point), "ab"[int(point.sum() > 0)]] for point in points]
    dataset = data.load(
        Experiment(dataset=bring(table := table_of(csv_of([["u", "v", "y"], *rows]))))
    )
    assert table.facts.plane and dataset.grid_inputs is not None
    assert dataset.grid_inputs.shape == (data.BOUNDARY_SIDE**2, 2)


def test_one_input_to_predict_a_number_from_is_no_curve_of_the_lesson() -> None:
    rows = [[str(i), str(math.sin(i))] for i in range(40)]
    table = table_of(csv_of([["x", "y"], *rows]))
    assert not table.facts.line
    check(table)


def test_the_largest_number_of_classes_is_what_the_page_says() -> None:
    rows = [[str(i), f"c{i % LARGEST_CATEGORIES}"] for i in range(200)]
    assert len(table_of(csv_of([["x", "y"], *rows])).classes) == LARGEST_CATEGORIES
