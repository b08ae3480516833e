"""A trajectory in a notebook: its table, and its numbers as a frame of pandas."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable
from html.parser import HTMLParser

import numpy as np
import pytest

import l2viz
from l2viz.analysis.metrics import best_strength
from l2viz.experiment.number_text import number_text, share_text
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import SUMMARIES, Trajectory
from tests import trajectories
from tests.recorded_runs import NAMES, recorded

RUNS: dict[str, Callable[[], Trajectory]] = {
    "curve": trajectories.curve,
    "digits": trajectories.digits,
    "twins": lambda: trajectories.digits(penalties=("l2", "l1"), repeats=3),
    "recorded": lambda: l2viz.merge([recorded(strength) for strength in (0.0, 0.01)]),
    "one recorded run": recorded,
}


class Table(HTMLParser):
    """The cells of a table, row by row, and which rows are bold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.bold: list[int] = []
        self.caption = ""
        self.opened: list[str] = []
        self.feed(text)
        assert self.opened == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        if tag == "tr":
            self.rows.append([])
            if "bold" in (dict(attrs).get("style") or ""):
                self.bold.append(len(self.rows) - 2)
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.opened and self.opened[-1] == "caption":
            self.caption += data
        elif self.opened and self.opened[-1] in ("td", "th"):
            self.rows[-1][-1] += data


@pytest.mark.parametrize("name", RUNS)
def test_the_table_has_every_strength_at_the_last_epoch(name: str) -> None:
    run = RUNS[name]()
    table = Table(run._repr_html_())
    head, *rows = table.rows
    assert [row[0] for row in rows] == [strength_text(s) for s in run.strengths]
    assert {len(row) for row in rows} == {len(head)}
    first = run.twin()
    column = head.index("training data loss")
    assert [row[column] for row in rows] == [
        number_text(float(loss)) for loss in first.train_data_loss[:, -1]
    ]
    assert [row[head.index("penalty")] for row in rows] == [
        number_text(float(penalty)) for penalty in first.penalty[:, -1].sum(axis=-1)
    ]
    if first.val_accuracy is not None:
        assert [row[head.index("validation accuracy")] for row in rows] == [
            share_text(float(accuracy)) for accuracy in first.val_accuracy[:, -1]
        ]
    assert f"epoch {run.epochs[-1]}" in table.caption


@pytest.mark.parametrize("name", ["curve", "digits", "twins", "recorded"])
def test_the_best_strength_is_marked(name: str) -> None:
    run = RUNS[name]()
    table = Table(run._repr_html_())
    best = best_strength(run.twin())
    assert table.bold == [best]
    assert [row[-1] for row in table.rows[1:]].index("best on validation data") == best


def test_one_run_without_validation_has_no_best_and_no_such_column() -> None:
    table = Table(recorded(validated=False)._repr_html_())
    assert table.bold == []
    assert not any("validation" in title or "test" in title for title in table.rows[0])


def test_names_are_escaped() -> None:
    name = '<script>alert("&")</script>'
    shown = recorded(name=name)._repr_html_()
    assert "<script" not in shown
    assert html.escape(name) in shown
    assert Table(shown).caption.startswith(name)


def test_the_frame_has_every_summary_once() -> None:
    pd = pytest.importorskip("pandas")
    run = trajectories.digits(label_noise=0.2)
    frame = run.to_frame()
    assert list(frame.columns) == ["strength", "epoch", "layer", "quantity", "value"]
    measured = [name for name in SUMMARIES if getattr(run, name) is not None]
    assert set(frame["quantity"]) == set(measured)
    for name in measured:
        values = getattr(run, name)
        own = frame[frame["quantity"] == name]
        assert len(own) == values.size
        index = pd.MultiIndex.from_product([run.strengths, run.epochs])
        for layer, layered in own.groupby("layer", sort=False):
            one = values if values.ndim == 2 else values[..., run.layer_names.index(layer)]
            found = layered.set_index(["strength", "epoch"])["value"].reindex(index)
            np.testing.assert_array_equal(found.to_numpy(), one.ravel())
    assert set(frame[frame["quantity"] == "penalty"]["layer"]) == set(run.layer_names)
    assert set(frame[frame["quantity"] == "val_data_loss"]["layer"]) == {""}


def test_twins_and_repeats_have_columns_of_their_own() -> None:
    pytest.importorskip("pandas")
    run = trajectories.digits(penalties=("l2", "l1"), repeats=3, seed=0)
    frame = run.to_frame()
    assert list(frame.columns)[:3] == ["penalty", "seed", "strength"]
    first = run.experiment.seed
    own = frame[(frame["penalty"] == "l1") & (frame["seed"] == first + 2)]
    own = own[(own["quantity"] == "kernel_norm") & (own["layer"] == run.layer_names[1])]
    wide = own.pivot_table(index="strength", columns="epoch", values="value")
    np.testing.assert_array_equal(wide.to_numpy(), run.kernel_norm[1, 2, :, :, 1])


def test_a_recorded_run_has_a_frame_too() -> None:
    pytest.importorskip("pandas")
    frame = RUNS["recorded"]().to_frame()
    assert set(frame["layer"]) == {"", *NAMES}


def test_without_pandas_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError) as caught:
        trajectories.curve().to_frame()
    assert str(caught.value) == "to_frame needs pandas: pip install pandas"
