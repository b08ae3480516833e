"""The route that hands out a run as one file: the stage, without a server."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

import anyio
import anyio.to_thread
from cachetools import LRUCache, cached
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from l2viz.charts.core.saving import file_words
from l2viz.export import lab
from l2viz.lesson.presets import preset_of
from l2viz.trainer import Trainer
from l2viz.trajectory import RecordedModel, Trajectory
from l2viz.ui.server.opened_runs import AnyRun, requested

KEPT_BYTES = 32 * 2**20  # files that were asked for last: a class asks for one at the same time
_COMPRESSION = 1  # most of a file is compressed already


class LabRoute:
    """Responds with a file of a run that has ended."""

    def __init__(self, find_trainer: Callable[[], Trainer]) -> None:
        self._find_trainer = find_trainer
        kept: LRUCache[str, bytes] = LRUCache(KEPT_BYTES, getsizeof=len)
        self._file = cached(kept, key=lambda run, _: run.id, condition=threading.Condition())(_file)
        self._one_at_a_time = anyio.CapacityLimiter(1)  # it takes seconds of a core

    async def respond(self, request: Request) -> Response:
        """Send the file, to be saved; 409 while the run is trained."""
        run = await requested(self._find_trainer(), request.path_params["run_id"])
        trajectory = run.trajectory() if run.state.ended else None
        if trajectory is None:
            raise HTTPException(409, "This run has not ended, or has no measurements.")
        body = await anyio.to_thread.run_sync(
            self._file, run, trajectory, limiter=self._one_at_a_time
        )
        name = f"l2viz_{file_words(trajectory)}.html"
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Encoding": "gzip",
            "X-Content-Type-Options": "nosniff",
        }
        if "gzip" not in request.headers.get("accept-encoding", ""):
            del headers["Content-Encoding"]
            body = await anyio.to_thread.run_sync(gzip.decompress, body)
        return Response(body, media_type="text/html; charset=utf-8", headers=headers)


def _file(run: AnyRun, trajectory: Trajectory) -> bytes:
    """Return the file, compressed."""
    trained = run.trained
    lesson = None if isinstance(trained, RecordedModel) else preset_of(trained)
    page = lab(trajectory, title=lesson.title if lesson else None).html
    return gzip.compress(page.encode(), _COMPRESSION, mtime=0)
