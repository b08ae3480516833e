"""Runs from files: damaged ones are refused in words, and nobody's stay when they leave."""

from __future__ import annotations

import gc
import io
import random
from pathlib import Path

import numpy as np
import pytest

from l2viz.ui.server import opened_runs
from l2viz.ui.server.opened_runs import find, of_the_start, open_run
from tests.recorded_runs import recorded

DAMAGED = 150


def content_of(strength: float, folder: Path) -> bytes:
    recorded(strength, epochs=2).save(folder / "run.npz")
    return (folder / "run.npz").read_bytes()


def opened(**contents: bytes) -> opened_runs.OpenedRun:
    return open_run({f"{name}.npz": io.BytesIO(content) for name, content in contents.items()})


def test_a_run_is_found_while_somebody_holds_it(tmp_path: Path) -> None:
    run = opened(one=content_of(0.01, tmp_path))
    assert find(run.id) is run
    assert run.state.status == "finished"
    name = run.id
    del run
    gc.collect()
    assert find(name) is None


def test_two_viewers_of_one_file_have_runs_of_their_own(tmp_path: Path) -> None:
    content = content_of(0.01, tmp_path)
    one, other = opened(one=content), opened(one=content)
    assert one.id != other.id
    assert len(one.id) > 25


def test_several_runs_are_a_path(tmp_path: Path) -> None:
    contents = {f"run{at}": content_of(s, tmp_path) for at, s in enumerate((0.0, 0.01, 0.1))}
    np.testing.assert_allclose(opened(**contents).trajectory().strengths, [0.0, 0.01, 0.1])


def test_there_is_a_limit_for_all_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = content_of(0.01, tmp_path)
    size = opened(one=content).state.nbytes
    gc.collect()
    monkeypatch.setattr(opened_runs, "LARGEST_TOTAL", int(2.5 * size))
    held = [opened(one=content), opened(one=content)]
    with pytest.raises(ValueError, match="other viewers have opened all that has room"):
        opened(one=content)
    held.pop()
    gc.collect()
    opened(one=content)


def test_a_damaged_file_is_refused_in_one_sentence_or_is_whole(tmp_path: Path) -> None:
    chance = random.Random(5)
    content = content_of(0.01, tmp_path)
    refused = 0
    for _ in range(DAMAGED):
        damaged = bytearray(content)
        if chance.random() < 0.3:
            damaged = damaged[: chance.randrange(len(damaged))]
        for _ in range(chance.randrange(1, 20)):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            opened(run=bytes(damaged))
        except ValueError as problem:
            refused += 1
            assert "\n" not in str(problem)
            assert len(str(problem)) < 1_000
    assert refused > DAMAGED // 2


def test_the_page_opens_with_the_run_of_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content_of(0.01, tmp_path)
    monkeypatch.setenv("L2VIZ_OPEN", str(tmp_path / "run.npz"))
    of_the_start.cache_clear()
    run = of_the_start()
    assert run is not None
    assert of_the_start() is run
    of_the_start.cache_clear()
    monkeypatch.delenv("L2VIZ_OPEN")
    assert of_the_start() is None
    of_the_start.cache_clear()
