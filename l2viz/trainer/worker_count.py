"""How many training processes the page has: by L2VIZ_WORKERS or by the cores."""

from __future__ import annotations

import os
from collections.abc import Mapping

from l2viz.validation import InvalidValue, integer

VARIABLE = "L2VIZ_WORKERS"
LARGEST_WORKER_COUNT = 64
_LARGEST_DEFAULT = 4  # each takes some 0.5 GB, and a path of 25 strengths has two parts


def worker_count(environment: Mapping[str, str] = os.environ) -> int:
    """Return the number that is set, or one for each core that this process may use, at most 4.

    Raises InvalidValue.
    """
    given = environment.get(VARIABLE, "").strip()
    if not given:
        return min(_usable_cores(), _LARGEST_DEFAULT)
    try:
        wanted = int(given)
    except ValueError:
        raise InvalidValue(VARIABLE, "be an integer", given) from None
    return integer(VARIABLE, wanted, 1, LARGEST_WORKER_COUNT)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
