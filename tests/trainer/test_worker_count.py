"""The number of training processes: as set, or one for each core."""

from __future__ import annotations

import os

import pytest

from l2viz.trainer.worker_count import worker_count
from l2viz.validation import InvalidValue


def test_it_is_one_for_each_core_up_to_four(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, expected in ((1, 1), (2, 2), (4, 4), (64, 4)):
        monkeypatch.setattr(
            os, "sched_getaffinity", lambda _, n=cores: set(range(n)), raising=False
        )
        assert worker_count({}) == worker_count({"L2VIZ_WORKERS": " "}) == expected


def test_where_a_process_cannot_be_bound_all_cores_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for cores, expected in ((3, 3), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda n=cores: n)
        assert worker_count({}) == expected


@pytest.mark.parametrize("text", ["1", " 7 ", "64"])
def test_it_is_as_set(text: str) -> None:
    assert worker_count({"L2VIZ_WORKERS": text}) == int(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("two", "L2VIZ_WORKERS must be an integer, got 'two'"),
        ("1.5", "L2VIZ_WORKERS must be an integer, got '1.5'"),
        ("0", "L2VIZ_WORKERS must be >= 1, got 0"),
        ("65", "L2VIZ_WORKERS must be <= 64, got 65"),
    ],
)
def test_a_number_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        worker_count({"L2VIZ_WORKERS": text})
    assert str(caught.value) == message
