"""Numbers as the page writes them: 0.500, 7.40×10⁻⁵, −13.9 points.

`l2viz/stage/frontend/format.js` writes the same texts in the browser. Both follow the cases in
`tests/stage/number_cases.json`. Halves are rounded away from zero, as JavaScript does.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

MINUS = "−"
NO_NUMBER = "–"
_SMALLEST_POWER, _LARGEST_POWER = -3, 4  # of ten, of the numbers that are written out
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float, digits: int = 3) -> str:
    """Format a measured number with a fixed number of significant digits: "0.500", "1230".

    Parameters
    ----------
    value
        Any number. One that is not finite becomes "–".
    digits
        Significant digits, also if the last of them are 0, so that the words around a number that
        changes keep their places.

    Returns
    -------
    str
        Below 0.001, and from 100 000 on, with a power of ten: "7.40×10⁻⁵".
    """
    if not math.isfinite(value):
        return NO_NUMBER
    if value == 0:
        return "0"
    rounded, power = _rounded(abs(value), digits)
    if not _SMALLEST_POWER <= power <= _LARGEST_POWER:
        return _sign(value) + _with_power(f"{rounded.scaleb(-power):.{digits - 1}f}", power)
    return f"{_sign(value)}{rounded:.{max(digits - 1 - power, 0)}f}"


def short_number_text(value: float, digits: int = 3) -> str:
    """Format a number that is a choice, such as λ: at most three digits, "0.01", "7.4×10⁻⁵"."""
    if not math.isfinite(value) or value == 0:
        return number_text(value)
    rounded, power = _rounded(abs(value), digits)
    if _SMALLEST_POWER <= power <= _LARGEST_POWER:
        return f"{_sign(value)}{rounded.normalize():f}"
    mantissa = f"{rounded.scaleb(-power).normalize():f}"
    return _sign(value) + (_with_power(mantissa, power) if mantissa != "1" else _power(power))


def share_text(share: float) -> str:
    """Format a share: "86.3 %"."""
    return _hundredfold(share, "%")


def points_text(share: float) -> str:
    """Format a difference of two shares: "−13.9 points", "1.0 point"."""
    text = _hundredfold(share, "points")
    return text.removesuffix("s") if text.lstrip(MINUS) == "1.0 points" else text


def signed(text: str) -> str:
    """Put a plus before the text of a positive number."""
    positive = not text.startswith((MINUS, NO_NUMBER)) and any(
        digit in text for digit in "123456789"
    )
    return f"+{text}" if positive else text


def _hundredfold(share: float, unit: str) -> str:
    if not math.isfinite(share):
        return NO_NUMBER
    hundredths = 100.0 * float(share)  # of numpy, perhaps
    size = Decimal(abs(hundredths)).quantize(Decimal("0.1"), ROUND_HALF_UP, Context(prec=400))
    return f"{_sign(hundredths) if size else ''}{size} {unit}"


def _rounded(size: float, digits: int) -> tuple[Decimal, int]:
    """Return a positive number rounded to significant digits, and its power of ten."""
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(float(size))
    return rounded, rounded.adjusted()


def _sign(value: float) -> str:
    return MINUS if value < 0 else ""


def _with_power(mantissa: str, power: int) -> str:
    return f"{mantissa}×{_power(power)}"


def _power(power: int) -> str:
    return "10" + str(power).translate(_SUPERSCRIPTS)
