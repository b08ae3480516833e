"""Ranges of axes: they include the values, and always a tick."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.charts.core import ranges

positive = st.lists(st.floats(1e-30, 1e30), min_size=1, max_size=20).map(np.array)


@given(values=positive)
def test_a_logarithmic_axis_holds_the_largest_values_over_a_decade_or_more(
    values: np.ndarray,
) -> None:
    bottom, top = ranges.logarithmic(values)
    logs = np.log10(values)
    assert logs.max() <= top + 1e-9
    assert bottom <= logs.min() + 1e-9 or top - bottom == pytest.approx(3.5)
    assert 1.0 <= top - bottom <= 3.5
    assert math.ceil(bottom) < top  # a power of ten that is not at the end


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.15, 0.2], [-1.0, 0.0]),  # half a decade would be -1 to -0.5
        ([0.4, 0.8], [-1.0, 0.0]),
        ([2.0], [0.0, 1.0]),
        ([5.0], [0.0, 1.0]),
        ([1.0], [0.0, 1.0]),
        ([0.02, 0.9], [-2.0, 0.0]),
        ([0.05, 2.0], [-1.5, 0.5]),
        ([1e-9, 1.0], [-3.0, 0.5]),
        ([0.0, math.nan, math.inf], [-1.0, 0.0]),
    ],
)
def test_logarithmic_ranges(values: list[float], expected: list[float]) -> None:
    assert ranges.logarithmic(np.array(values)) == expected


@given(values=st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20).map(np.array))
def test_around_zero_holds_all_values_and_zero_away_from_the_edge(values: np.ndarray) -> None:
    bottom, top = ranges.around_zero(values)
    assert bottom <= values.min()
    assert values.max() <= top
    assert bottom < 0 < top
    assert min(-bottom, top) >= 0.09 * max(-bottom, top)


@given(values=st.lists(st.floats(-1e12, 1e12), max_size=20).map(np.array))
def test_around_holds_all_values_also_where_all_are_zero(values: np.ndarray) -> None:
    bottom, top = ranges.around(values)
    assert bottom == -top < 0.0
    assert np.all(np.abs(values) <= top)
