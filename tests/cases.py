"""Cases of a test: those that stand for their kind, and others that only the slow run has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def others_slow(cases: Iterable[Any], *, quick: Collection[Any]) -> list[Any]:
    """Return all cases; those that are not among the quick ones are marked slow."""
    every = list(cases)
    missing = [case for case in quick if case not in every]
    assert not missing, f"no such cases: {missing}"
    return [case if case in quick else pytest.param(case, marks=pytest.mark.slow) for case in every]


def rest_slow(cases: Iterable[Any], *, first: int) -> list[Any]:
    """Return all cases, of which the first few are quick; a tuple holds a case's arguments."""
    every = [case if isinstance(case, tuple) else (case,) for case in cases]
    assert 0 < first < len(every), f"no case is slow: {first} of {len(every)}"
    return [
        pytest.param(*case, marks=[pytest.mark.slow] * (n >= first)) for n, case in enumerate(every)
    ]
