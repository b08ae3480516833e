"""Figures -> pictures as bytes, all in one session of an installed Chromium."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import plotly.graph_objects as go

_AHEAD = 2  # figures that wait in the browser while Python makes the next one
_LONGEST = 90.0  # seconds for one picture
_NO_KALEIDO = "Pictures need kaleido and Pillow: pip install 'l2viz[pictures]'."
_NO_BROWSER = (
    "Pictures need Chromium or Chrome: install one of them, or name its file in BROWSER_PATH."
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure and how to draw it.

    format   "png", "svg" or "pdf"
    size     width and height in CSS pixels
    scale    pixels of a PNG for each of `size`
    """

    figure: go.Figure
    format: str
    size: tuple[int, int]
    scale: float = 1.0


class Browser:
    """Draws pictures: a context manager, in which the browser runs.

    kaleido is asynchronous, and the caller may have a loop of its own, as notebooks have: so it
    works in a thread.
    """

    def __init__(self) -> None:
        self._opened: Future[asyncio.AbstractEventLoop] = Future()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="l2viz pictures", daemon=True)
        self._kaleido: Any = None

    def __enter__(self) -> Self:
        """Open the browser. Raise ModuleNotFoundError or OSError, which say what to install."""
        self._kaleido = _new_kaleido()
        self._thread.start()
        try:
            self._opened.result()
        except BaseException:  # it may be half open
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the browser."""
        self._close()

    def drawn(self, pictures: Iterable[Picture]) -> Iterator[bytes]:
        """Draw pictures, in order. Raise OSError if the browser cannot."""
        waiting: deque[Future[bytes]] = deque()
        try:
            for picture in pictures:
                waiting.append(self._begun(picture))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _begun(self, picture: Picture) -> Future[bytes]:
        return asyncio.run_coroutine_threadsafe(self._calc(picture), self._opened.result())

    async def _calc(self, picture: Picture) -> bytes:
        width, height = picture.size
        options = {"format": picture.format, "width": width, "height": height}
        scale = picture.scale if picture.format == "png" else 1.0
        try:
            content: bytes = await self._kaleido.calc_fig(
                picture.figure, opts={**options, "scale": scale}
            )
        except Exception as problem:  # what kaleido raises has no common class
            raise ChildProcessError(
                f"The browser could not draw a picture: {_said(problem)}"
            ) from problem
        return content

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:  # noqa: BLE001 - it is raised where the browser is opened
            if not self._opened.done():
                said = f"The browser for pictures did not start: {_said(problem)}"
                self._opened.set_exception(ChildProcessError(said))

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._hear)
        with _without_farewell():
            async with self._kaleido:
                self._opened.set_result(loop)
                await self._end.wait()

    def _hear(self, loop: asyncio.AbstractEventLoop, said: dict[str, Any]) -> None:
        """Report what a task leaves behind, but for pictures that were given up by closing."""
        if not self._end.is_set():
            loop.default_exception_handler(said)

    def _close(self) -> None:
        """Close what is open, also while it opens: an interrupted start leaves no process."""
        if self._opened.exception() is None:
            self._opened.result().call_soon_threadsafe(self._end.set)
        self._thread.join()


def _said(problem: BaseException) -> str:
    """Return what an error says in one line; some have a sentence for each argument."""
    first = str(problem.args[0]) if problem.args else ""
    return " ".join(first.split()) or type(problem).__name__


@contextlib.contextmanager
def _without_farewell() -> Iterator[None]:
    """Keep one line out of the log: the browser's last word, which is no JSON and no fault."""

    def is_of_use(record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith("JSONError decoding message")

    log = logging.getLogger("choreographer.channels.pipe")
    log.addFilter(is_of_use)
    try:
        yield
    finally:
        log.removeFilter(is_of_use)


def _new_kaleido() -> Any:
    """Return a Kaleido that asks no network for anything."""
    try:
        import kaleido
        from kaleido.errors import ChromeNotFoundError
    except ImportError:
        raise ModuleNotFoundError(_NO_KALEIDO) from None

    class LoadedOnce(kaleido.Kaleido):  # type: ignore[misc]  # it has no types
        """Keeps its page, which kaleido loads anew, with plotly.js, after each picture."""

        async def _return_kaleido_tab(self, tab: Any) -> None:
            await self.tabs_ready.put(tab)

    try:
        return LoadedOnce(n=1, timeout=_LONGEST, mathjax=False)
    except ChromeNotFoundError:
        raise FileNotFoundError(_NO_BROWSER) from None
