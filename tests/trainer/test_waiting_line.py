"""WaitingLine: short runs first, and nobody waits forever; absence; and durations in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.experiment import Experiment
from l2viz.trainer import absence, sentences
from l2viz.trainer.absence import Absence
from l2viz.trainer.job import Job
from l2viz.trainer.run import Run
from l2viz.trainer.waiting_line import WaitingLine

Make = Callable[..., Experiment]


def job_due(due: float) -> Job:
    job = Job(Run("0-1", Experiment(), 1), None)
    job.due = due
    return job


def test_a_short_run_overtakes_a_long_one_that_would_not_have_ended(tiny: Make) -> None:
    line = WaitingLine()
    long, short = (Job(Run("0-1", tiny(epochs=epochs), 1), None) for epochs in (4_000, 40))
    for job in (long, short):
        line.add(job)
    assert list(line) == [short, long]
    late = Job(Run("0-1", tiny(epochs=40), 1), None)
    late.due = long.due + 0.001  # as if it had been requested when the long one would have ended
    line.add(late)
    assert [line.take() for _ in range(3)] == [short, long, late]
    assert len(line) == 0


@given(st.lists(st.integers(0, 5)))
def test_runs_due_at_the_same_time_keep_their_order(due: list[int]) -> None:
    line = WaitingLine()
    jobs = [job_due(each) for each in due]
    for job in jobs:
        line.add(job)
    assert list(line) == sorted(jobs, key=lambda job: job.due)  # a stable sort


def test_a_run_that_is_removed_leaves_the_others(tiny: Make) -> None:
    line = WaitingLine()
    jobs = [job_due(each) for each in (1.0, 1.0, 2.0)]
    for job in jobs:
        line.add(job)
    line.remove(jobs[1])
    assert list(line) == [jobs[0], jobs[2]]


def test_a_client_has_left_after_the_grace_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    now, present = [100.0], {"a"}
    monkeypatch.setattr(absence.time, "monotonic", lambda: now[0])
    seen = Absence(present.__contains__)
    assert not seen.has_left("a")
    present.clear()
    assert not seen.has_left("a")
    now[0] += absence.GRACE
    assert not seen.has_left("a")
    present.add("a")
    assert not seen.has_left("a")
    present.clear()
    now[0] += 1_000.0
    assert not seen.has_left("a"), "it was there in between"
    now[0] += absence.GRACE + 0.1
    assert seen.has_left("a")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.01, "1 s"), (1.4, "1 s"), (89.4, "89 s"), (90, "2 min"), (5_399, "90 min"), (9_000, "2 h")],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert sentences.duration(seconds) == words


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (0, "The training process is starting."),
        (1, "One other run is trained first, for about 7 s."),
        (3, "3 runs are trained first, for about 7 s."),
    ],
)
def test_the_place_is_told_with_a_time(ahead: Any, expected: str) -> None:
    assert sentences.queued(ahead, 7.2) == expected
