"""Numbers are written as the table of cases says; the browser is held to the same table."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.experiment.number_text import (
    number_text,
    points_text,
    share_text,
    short_number_text,
    signed,
)
from l2viz.experiment.strength_grid import strength_text

CASES = json.loads((Path(__file__).parents[1] / "stage" / "number_cases.json").read_text("utf-8"))
FORMS: dict[str, Callable[[float], str]] = {
    "number": number_text,
    "short": short_number_text,
    "percent": share_text,
    "points": points_text,
}
_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def read(text: str) -> float:
    """Read a text of this module as a number."""
    mantissa, _, power = (
        text.rpartition("10") if set(text) & set("⁻⁰¹²³⁴⁵⁶⁷⁸⁹") else (text, "", "0")
    )
    mantissa, sign = mantissa.translate(_DIGITS).removesuffix("×"), 1.0
    if mantissa in ("", "-"):
        mantissa, sign = "1", -1.0 if mantissa else 1.0
    return sign * float(f"{mantissa}e{power.translate(_DIGITS)}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['form']} {case['value']}")
def test_a_number_is_written_as_the_table_says(case: dict[str, Any]) -> None:
    assert FORMS[case["form"]](float(case["value"])) == case["text"]


@given(st.floats(-1e300, 1e300))
def test_a_text_is_the_number_to_three_digits(value: float) -> None:
    for form in (number_text, short_number_text):
        text = form(value)
        assert math.isclose(read(text), value, rel_tol=0.00501, abs_tol=6e-324), text
        assert "-" not in text
        assert text.isprintable()


@given(st.floats(0.1, 0.9994), st.floats(0.1, 0.9994))
def test_texts_of_one_size_are_equally_long(one: float, other: float) -> None:
    """So that the words beside a number that moves keep their places."""
    assert len(number_text(one)) == len(number_text(other))


def test_a_sign_is_put_before_what_is_above_zero() -> None:
    texts = [signed(points_text(share)) for share in (0.161, -0.161, 0.0, -0.0001)]
    assert texts == [f"{text} points" for text in ("+16.1", "−16.1", "0.0", "0.0")]
    assert signed(number_text(math.nan)) == "–"


@pytest.mark.parametrize(
    ("strength", "text"),
    [(0.0, "0"), (1e-5, "10⁻⁵"), (0.0012345, "0.00123"), (0.1, "0.1"), (123456.0, "1.23×10⁵")],
)
def test_strengths_have_at_most_three_digits(strength: float, text: str) -> None:
    assert strength_text(strength) == text


@pytest.mark.parametrize("form", FORMS)
def test_a_float32_is_written_as_the_same_float(form: str) -> None:
    assert FORMS[form](np.float32(0.375)) == FORMS[form](0.375)
