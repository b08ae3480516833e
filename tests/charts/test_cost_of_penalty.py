"""The figure of the penalty's cost: every pair, median and quartiles as by numpy."""

from __future__ import annotations

import numpy as np
import pytest

from l2viz.charts import cost_figure


def test_the_figure_shows_each_pair_their_median_and_the_middle_half() -> None:
    values = (3.0, -1.5, 12.25, 4.0, 6.0, 2.5, 5.5)
    figure = cost_figure(values, theme="print")
    half, none, median, pairs = figure.data
    np.testing.assert_array_equal(pairs.x, np.arange(1, 8))
    np.testing.assert_array_equal(pairs.y, values)
    assert median.y == (np.median(values),) * 2
    assert none.y == (0.0, 0.0)
    assert (min(half.y), max(half.y)) == tuple(np.quantile(values, [0.25, 0.75]))
    assert [trace.name for trace in figure.data] == [
        "half of the pairs: +2.8 to +5.8 %",
        "no cost",
        "median: +4.0 %",
        "a pair",
    ]
    low, high = figure.layout.yaxis.range
    assert low < min(values) and max(values) < high


def test_without_a_pair_there_is_no_figure() -> None:
    with pytest.raises(ValueError) as refusal:
        cost_figure(())
    assert str(refusal.value) == "percentages must hold at least one pair, got none"
