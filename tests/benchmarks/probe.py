"""Asks a server for its health all the time, in a process of its own: how long is it deaf?"""

from __future__ import annotations

import multiprocessing
import time
import urllib.request
from multiprocessing.connection import Connection
from types import TracebackType

_PAUSE = 0.02  # seconds


class Probe:
    """``with Probe(address) as probe``: the longest answer is in `probe.longest` afterwards."""

    def __init__(self, address: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, its_end = context.Pipe()
        self._process = context.Process(target=_ask, args=(f"{address}_stcore/health", its_end))
        self.longest = 0.0

    def __enter__(self) -> Probe:
        self._process.start()
        self._pipe.recv()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe.send(None)
        self.longest = self._pipe.recv()
        self._process.join()


def _ask(address: str, pipe: Connection) -> None:
    longest = 0.0
    pipe.send(None)
    while not pipe.poll(_PAUSE):
        start = time.monotonic()
        with urllib.request.urlopen(address) as answer:
            answer.read()
        longest = max(longest, time.monotonic() - start)
    pipe.send(longest)
