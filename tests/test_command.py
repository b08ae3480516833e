"""The commands: a version, and one line and exit code 2 for what they cannot take."""

from __future__ import annotations

import sys

import pytest

import l2viz
from l2viz.__main__ import main
from tests.benchmarks.command import repetitions


def test_the_command_knows_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"l2viz {l2viz.__version__}\n"


@pytest.mark.parametrize("text", ["many", "0", "-3", "2.5", "", "²", "1e3"])
def test_a_wrong_number_ends_a_benchmark_in_words(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["training.py", "--", text])
    with pytest.raises(SystemExit) as ended:
        repetitions(15)
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.endswith(f"must be a whole number from 1 on, got {text!r}")


def test_a_benchmark_takes_a_number_or_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["training.py", "3"])
    assert repetitions(15) == 3
    monkeypatch.setattr(sys, "argv", ["training.py"])
    assert repetitions(15) == 15
