"""What the stage reads over HTTP: its own files, Plotly's, and the bytes of each run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import anyio.to_thread
import plotly
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from l2viz.stage.protocol import Answer, encode
from l2viz.trainer import Run, RunView
from l2viz.trajectory import Snapshot, Trajectory
from l2viz.ui.server.trainer_service import trainer

_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_STAGE = Path(__file__).parents[2] / "stage" / "frontend"
_SERVED = (".js", ".css")
_THINNED_TO = 40  # snapshots that axes are fitted to while a run trains
_KEPT_ANSWERS = 8

_Question = tuple[str, tuple[str, ...] | None]  # run and charts

# Of ended runs, the latest asked last.
_whole_answers: OrderedDict[_Question, bytes] = OrderedDict()
_whole_answers_lock = threading.Lock()


def routes() -> list[BaseRoute]:
    """All of them, below /l2viz."""
    return [
        Route("/l2viz/runs/{run_id}", _run),
        Route("/l2viz/plotly.min.js", _plotly),
        Mount("/l2viz/stage", _StageFiles(directory=_STAGE)),
    ]


async def _run(request: Request) -> Response:
    """What there is of a run from snapshot number `from` on; never waits for more.

    `charts`: names with commas between, see Answer.charts; an empty one is the usual charts.
    """
    run = trainer().get(request.path_params["run_id"])
    if run is None:
        raise HTTPException(404, "There is no such run, or it is no longer kept.")
    try:
        first = int(request.query_params.get("from", "0"))
    except ValueError as error:
        raise HTTPException(400, "from must be a number of snapshots.") from error
    asked = request.query_params.get("charts")
    charts = None if asked is None else tuple(asked.split(","))
    body = await anyio.to_thread.run_sync(answer_bytes, run, max(first, 0), charts)
    return Response(
        body, media_type="application/octet-stream", headers={"Cache-Control": "no-store"}
    )


def answer_bytes(run: Run, first: int, charts: tuple[str, ...] | None = None) -> bytes:
    """The encoded answer; that of the whole of an ended run is kept."""
    whole = first == 0 and run.ended
    if not whole:
        return encode(_answer(run, first, charts))
    question = (run.id, charts)
    with _whole_answers_lock:
        if question in _whole_answers:
            _whole_answers.move_to_end(question)
            return _whole_answers[question]
    body = encode(_answer(run, first, charts))
    with _whole_answers_lock:
        _whole_answers[question] = body
        while len(_whole_answers) > _KEPT_ANSWERS:
            _whole_answers.popitem(last=False)
    return body


def _answer(run: Run, first: int, charts: tuple[str, ...] | None) -> Answer:
    view = run.view()
    count = view.snapshot_count
    if not view.ended and view.snapshots and view.snapshots[-1].epoch == run.experiment.epochs:
        count -= 1  # the last one comes with the end of the run, and with its kernels
    new = view.snapshots[first:count]
    so_far = None
    if view.snapshots:
        stride = 1 if view.ended else -(-len(view.snapshots) // _THINNED_TO)
        so_far = _trajectory(view, view.snapshots[::stride])
    return Answer(
        state=view.state,
        message=view.message,
        first=first,
        new=_trajectory(view, new),
        so_far=so_far,
        share=view.snapshot_count / len(run.experiment.recorded_epochs),
        seconds_left=view.seconds_left,
        charts=charts,
    )


def _trajectory(view: RunView, snapshots: list[Snapshot]) -> Trajectory | None:
    if view.context is None or not snapshots:
        return None
    return Trajectory.of(view.context, snapshots, view.kernels)


async def _plotly(_: Request) -> Response:
    return FileResponse(
        _PLOTLY, media_type="text/javascript", headers={"Cache-Control": "max-age=3600"}
    )


class _StageFiles(StaticFiles):
    """The stage's scripts and styles, nothing else of that folder; browsers ask anew each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if not path.endswith(_SERVED):
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
