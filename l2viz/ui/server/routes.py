"""The HTTP routes: the stage's files, the bytes of each run, the server's address and status."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from l2viz.stage.files import StageFiles, stage_files
from l2viz.trainer import Trainer
from l2viz.ui.server.answers import Answers
from l2viz.ui.server.broadcasts import shared_broadcasts
from l2viz.ui.server.lab_route import LabRoute
from l2viz.ui.server.network import network
from l2viz.ui.server.opened_runs import requested
from l2viz.ui.server.status_page import status_page

_MEDIA_TYPE = "application/octet-stream"
_HEADERS = {"Cache-Control": "no-store"}
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
# Streamlit's own compression leaves an answer alone that is compressed already.
_COMPRESSED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}


def routes(
    find_trainer: Callable[[], Trainer], *, stage: StageFiles | None = None, base: str = ""
) -> list[BaseRoute]:
    """Return all routes, below /l2viz.

    find_trainer   called at each request, as the routes are made before the trainer
    stage          the stage's scripts and styles; None for those that are installed
    base           Streamlit's `server.baseUrlPath`, below which its own routes are
    """
    root = "/".join(["", *filter(None, base.split("/")), "l2viz"])
    status = _StatusRoute(find_trainer)
    return [
        Route(f"{root}/runs/{{run_id}}", _RunRoute(find_trainer).respond),
        Route(f"{root}/runs/{{run_id}}/lab.html", LabRoute(find_trainer).respond),
        Route(f"{root}/watch/{{code}}", _watch),
        Route(f"{root}/watch/{{code}}/guess", _guess, methods=["POST"]),
        Route(f"{root}/network.json", network),
        Route(f"{root}/status", status.page),
        Route(f"{root}/status.json", status.machine_readable),
        Route(f"{root}/stage/{{version}}/{{name}}", _FileRoute(stage or stage_files()).respond),
    ]


class _RunRoute:
    """Responds with the snapshots that a run has; does not wait for more."""

    def __init__(self, find_trainer: Callable[[], Trainer]) -> None:
        self._find_trainer = find_trainer
        self._answers = Answers(is_crowded=lambda: find_trainer().is_crowded)

    async def respond(self, request: Request) -> Response:
        """Send the run from snapshot number `from` on.

        `charts`: names separated by commas, see Answer.charts; "" for the usual charts.
        """
        run = await requested(self._find_trainer(), request.path_params["run_id"])
        if request.method == "HEAD":
            return Response(media_type=_MEDIA_TYPE, headers=_HEADERS)
        try:
            first = int(request.query_params.get("from", "0"))
        except ValueError as error:
            raise HTTPException(400, "from must be a number of snapshots.") from error
        names = request.query_params.get("charts")
        if first > 0 and names is None:  # megabytes of all arrays, which are not kept
            raise HTTPException(400, "charts must be named where from is not 0.")
        charts = None if names is None else tuple(names.split(","))
        compressed = _takes_gzip(request)
        answer = functools.partial(self._answers.of, run, max(first, 0), charts)
        if run.state.snapshots:
            body = await anyio.to_thread.run_sync(functools.partial(answer, compressed=compressed))
        else:  # its place in the queue: less work than another thread
            body = answer()
            compressed = False
        headers = _HEADERS | (_COMPRESSED if compressed else {})
        return Response(body, media_type=_MEDIA_TYPE, headers=headers)


class _FileRoute:
    """Responds with a file of the stage, which the browser keeps for good."""

    def __init__(self, files: StageFiles) -> None:
        self._files = files

    async def respond(self, request: Request) -> Response:
        """Send a file; 404 under another version, so that no page mixes two of them."""
        file = self._files.by_name.get(request.path_params["name"])
        if file is None or request.path_params["version"] != self._files.version:
            raise HTTPException(404)
        if not _takes_gzip(request):
            return Response(file.content, media_type=file.media_type, headers=_FOR_GOOD)
        body = await anyio.to_thread.run_sync(lambda: file.compressed)
        return Response(body, media_type=file.media_type, headers=_FOR_GOOD | _COMPRESSED)


async def _watch(request: Request) -> Response:
    """Send what a teacher shows under a code and how many follow, or null if nobody does."""
    viewer = request.query_params.get("viewer", "")
    news = shared_broadcasts().news(request.path_params["code"], viewer)
    return JSONResponse(news, headers=_HEADERS)


async def _guess(request: Request) -> Response:
    """Count a guess of one who follows; `counted` is false if it is none, or a second one."""
    asked = request.query_params
    choice = asked.get("choice", "")
    counted = choice.isascii() and choice.isdecimal() and len(choice) < 3
    if counted:
        counted = shared_broadcasts().guess(
            request.path_params["code"],
            asked.get("viewer", ""),
            asked.get("scene", ""),
            int(choice),
        )
    return JSONResponse({"counted": counted}, headers=_HEADERS)


class _StatusRoute:
    """Responds with what trains and waits; 503 while no process can train, for a health check."""

    def __init__(self, find_trainer: Callable[[], Trainer]) -> None:
        self._find_trainer = find_trainer

    async def page(self, request: Request) -> Response:
        """Send a page for people, which reloads itself."""
        status = self._find_trainer().status()
        headers = _HEADERS | {
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
            "frame-ancestors 'none'"
        }
        return HTMLResponse(status_page(status), headers=headers)

    async def machine_readable(self, request: Request) -> Response:
        """Send the fields of TrainerStatus as JSON."""
        status = self._find_trainer().status()
        code = 503 if status.unavailable_because else 200
        return JSONResponse(dataclasses.asdict(status), code, headers=_HEADERS)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
