"""Absence: who has been away for so long that nothing is trained for them any more."""

from __future__ import annotations

import time
from collections.abc import Callable

GRACE = 5.0  # seconds: a network that blinks is no absence


class Absence:
    """Since when clients have been away. Not thread-safe.

    is_present   whether a client is connected
    """

    def __init__(self, is_present: Callable[[str], bool]) -> None:
        self.is_present = is_present
        self._since: dict[str, float] = {}

    def has_left(self, client: str) -> bool:
        """Return whether a client has been away for longer than the grace."""
        if self.is_present(client):
            self._since.pop(client, None)
            return False
        now = time.monotonic()
        return now - self._since.setdefault(client, now) > GRACE
