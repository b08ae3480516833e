"""Settings of a server: as the environment says, checked with a sentence."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from l2viz.trainer.settings import server_settings
from l2viz.validation import InvalidValue


def test_without_any_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, expected in ((1, 1), (2, 2), (4, 4), (64, 4)):
        monkeypatch.setattr(
            os, "sched_getaffinity", lambda _, n=cores: set(range(n)), raising=False
        )
        settings = server_settings({})
        assert settings == server_settings({"L2VIZ_WORKERS": " ", "L2VIZ_LOG": ""})
        assert (settings.workers, settings.shared_folder) == (expected, None)
        assert (settings.idle_seconds, settings.log) == (math.inf, "text")


def test_where_a_process_cannot_be_bound_all_cores_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for cores, expected in ((3, 3), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda n=cores: n)
        assert server_settings({}).workers == expected


@pytest.mark.parametrize("text", ["1", " 7 ", "64"])
def test_the_number_of_processes_is_as_set(text: str) -> None:
    assert server_settings({"L2VIZ_WORKERS": text}).workers == int(text)


def test_all_others_are_as_set(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there yet"
    settings = server_settings(
        {"L2VIZ_IDLE_MINUTES": "2.5", "L2VIZ_SHARED_FOLDER": str(folder), "L2VIZ_LOG": "json"}
    )
    assert (settings.idle_seconds, settings.log) == (150.0, "json")
    assert settings.shared_folder == folder
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("WORKERS", "two", "must be an integer, got 'two'"),
        ("WORKERS", "1.5", "must be an integer, got '1.5'"),
        ("WORKERS", "0", "must be >= 1, got 0"),
        ("WORKERS", "65", "must be <= 64, got 65"),
        ("IDLE_MINUTES", "soon", "must be a number of minutes, got 'soon'"),
        ("IDLE_MINUTES", "0", "must be >= 0.1, got 0.0"),
        ("IDLE_MINUTES", "nan", "must be finite, got nan"),
        ("LOG", "xml", "must be one of text, json, got 'xml'"),
        (
            "SHARED_FOLDER",
            "/dev/null/runs",
            "must be a folder that can be written to (Not a directory), got '/dev/null/runs'",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        server_settings({f"L2VIZ_{name}": text})
    assert str(caught.value) == f"L2VIZ_{name} {message}"
