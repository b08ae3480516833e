"""Selectors are validated when made, and a chart is found by its name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from l2viz.charts import get_chart
from l2viz.charts.core.binding import ALL, BEST, CHOSEN, EACH, Bound, Selector, fixed, pinned
from tests.charts.every_chart import KINDS


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Selector("zero"),
            "kind must be one of chosen, best, fixed, pinned, all, until, each",
        ),
        (lambda: Selector("fixed"), "member must be given for 'fixed' alone"),
        (lambda: Selector("all", member=1), "member must be given for 'fixed' alone"),
        (lambda: fixed(-1), "member must be 0 or more, got -1"),
        (lambda: Selector("pinned"), "pin must be given for 'pinned' alone"),
        (lambda: Selector("best", pin="a"), "pin must be given for 'pinned' alone"),
        (lambda: pinned("c"), "pin must be one of a, b, got 'c'"),
        (lambda: pinned("a", otherwise=ALL), "otherwise must be one strength"),
        (lambda: Selector("chosen", otherwise=BEST), "otherwise must be one strength"),
        (lambda: Bound("x", epoch="last"), "epoch must be one of chosen, until, each, got 'last'"),
        (lambda: Bound("x", EACH, "until"), "epoch must be 'chosen' beside all strengths"),
    ],
)
def test_what_cannot_be_resolved_cannot_be_made(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        make()
    assert str(refused.value).startswith(message)


def test_a_selector_is_sent_without_what_it_does_not_have() -> None:
    assert CHOSEN.as_json() == {"kind": "chosen"}
    assert fixed(0).as_json() == {"kind": "fixed", "member": 0}
    assert pinned("a", otherwise=fixed(2)).as_json() == {
        "kind": "pinned",
        "pin": "a",
        "otherwise": {"kind": "fixed", "member": 2},
    }


def test_a_chart_is_found_by_its_name_or_the_nearest_is_named() -> None:
    trajectory = KINDS["digits"]
    assert get_chart(trajectory, "histogram_dense_2").heading == "Weights: dense_2"
    with pytest.raises(ValueError) as refused:
        get_chart(trajectory, "histogram_dense2")
    assert str(refused.value) == (
        "name must be the name of a chart of this run, like the nearest, 'histogram_dense_2', "
        "got 'histogram_dense2'"
    )
    with pytest.raises(ValueError, match="got ''"):
        get_chart(trajectory, "")
