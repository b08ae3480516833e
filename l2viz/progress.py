"""A line that says how far a piece of work is, and how much time is left."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 24  # characters of the bar
_PAUSE = 0.1  # seconds between two drawings


class Progress:
    """Counts epochs of members. On a terminal it draws a bar, elsewhere it prints lines alone."""

    def __init__(self, total: int, *, shown: bool, stream: TextIO | None = None) -> None:
        self._total, self._shown = total, shown
        self._stream = sys.stdout if stream is None else stream
        self._draws = shown and self._stream.isatty()
        self._done, self._start, self._drawn = 0, time.monotonic(), 0.0
        self._said: set[str] = set()

    def say(self, line: str) -> None:
        """Print a line, once."""
        if self._shown and line not in self._said:
            self._said.add(line)
            print(line, file=self._stream, flush=True)

    def advance(self, epochs: int) -> None:
        """Count epochs of members: one epoch of sixteen members is sixteen."""
        self._done = min(self._done + epochs, self._total)
        now = time.monotonic()
        if self._draws and (now - self._drawn > _PAUSE or self._done == self._total):
            self._drawn = now
            self._stream.write(f"\r{self.text(now - self._start)}\033[K")
            self._stream.flush()

    def text(self, seconds: float) -> str:
        """Return the bar after so many seconds."""
        share = self._done / self._total
        full = round(share * _WIDTH)
        bar = "━" * full + "─" * (_WIDTH - full)
        left = seconds * (1.0 - share) / share if self._done else 0.0
        what = f"{duration(left)} left" if self._done < self._total else duration(seconds)
        return f"{bar} {100.0 * share:3.0f} %, {what}"

    def end(self) -> None:
        """Leave the bar's line."""
        if self._draws and self._done:
            self._stream.write("\n")
            self._stream.flush()


def duration(seconds: float) -> str:
    """Return "3 s", "2:05" or "1:02:05"."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
