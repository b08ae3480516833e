"""The responses of the routes, requested through ASGI as a server does."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import io
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute

import l2viz.ui.server.answers
import l2viz.ui.server.lab_route
from l2viz.experiment import Experiment
from l2viz.export.one_file import LARGEST_FILE
from l2viz.lesson.presets import presets
from l2viz.stage.files import (
    COMPILED_AT_ONCE,
    FRONTEND,
    PLOTLY,
    VENDORED,
    StageFiles,
    stage_files,
)
from l2viz.trainer import Run, Trainer
from l2viz.trajectory import Trajectory
from l2viz.ui.server.answers import Answers
from l2viz.ui.server.opened_runs import open_run
from l2viz.ui.server.routes import routes
from l2viz.ui.server.trainer_service import shared_trainer
from tests import trajectories
from tests.recorded_runs import recorded as recorded_model
from tests.stage.wire_reader import assert_equal_frames, read
from tests.trainer.waiting import run_of


@dataclasses.dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


def get(
    address: str,
    *,
    method: str = "GET",
    stage: StageFiles | None = None,
    accepts: str = "identity",
    app: Sequence[BaseRoute] | None = None,
    host: str = "testserver",
) -> Reply:
    """Send one request with its path unchanged: no client normalizes a ``..`` in it."""
    path, _, query = address.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", host.encode()), (b"accept-encoding", accepts.encode())],
        "server": ("testserver", 80),
        "client": ("testclient", 1),
    }
    messages: list[Any] = []

    unread = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not unread:
            await asyncio.Event().wait()  # the client stays connected until the response
        return unread.pop()

    async def send(message: Any) -> None:
        messages.append(message)

    # In a new thread: after browser tests, Playwright's event loop runs in this one.
    with ThreadPoolExecutor(max_workers=1) as threads:
        served = Starlette(routes=app or routes(shared_trainer, stage=stage))
        threads.submit(asyncio.run, served(scope, receive, send)).result()
    start, *bodies = messages
    assert start["type"] == "http.response.start"
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], headers, b"".join(part.get("body", b"") for part in bodies))


@pytest.fixture
def recorded(trainer: Trainer) -> Run:
    run = run_of(trainer, presets()[0].experiment)
    assert run is not None
    return run


# ---- files

VERSION = stage_files().version
FOLDER = f"/l2viz/stage/{VERSION}"


@pytest.mark.parametrize(
    "name", sorted(path.name for path in FRONTEND.iterdir() if path.suffix in (".js", ".css"))
)
def test_every_script_and_style_of_the_stage_is_served_for_good(name: str) -> None:
    reply = get(f"{FOLDER}/{name}")
    assert reply.status == 200
    assert reply.body == (FRONTEND / name).read_bytes()
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    assert reply.headers["content-type"].split(";")[0] == kind
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        *("wire.py", "types.d.ts", "component.py", "__init__.py", "__pycache__", "", "."),
        *("nothing.js", "../ui/view.py", "../../pyproject.toml", "%2e%2e/%2e%2e/app.py"),
        *("../charts/theme.py", "wire.py/.js", "wire.py%00.js", "/etc/passwd"),
        *("../wire.js", f"../{'0' * 16}/wire.js", "../stage.js/wire.js"),
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    assert get(f"{FOLDER}/{path}").status == 404


def test_the_version_changes_with_each_byte_and_name(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("0")
    (tmp_path / "open.js").write_text("1")
    one = StageFiles.of(tmp_path)
    assert set(one.by_name) == {"open.js", *(path.name for path in VENDORED.glob("*.js"))}
    (tmp_path / "secret.py").write_text("another")
    assert StageFiles.of(tmp_path).version == one.version
    (tmp_path / "open.js").write_text("2")
    two = StageFiles.of(tmp_path)
    (tmp_path / "open.js").rename(tmp_path / "opened.js")
    three = StageFiles.of(tmp_path)
    assert len({one.version, two.version, three.version, VERSION}) == 4
    assert get(f"/l2viz/stage/{two.version}/open.js", stage=two).body == b"2"
    assert get(f"/l2viz/stage/{one.version}/open.js", stage=two).status == 404


@pytest.mark.parametrize("path", sorted(VENDORED.glob("*.js")), ids=lambda path: path.name)
def test_the_scripts_of_others_are_served(path: Path) -> None:
    begins = COMPILED_AT_ONCE if path.name == PLOTLY else b""
    assert get(f"{FOLDER}/{path.name}").body == begins + path.read_bytes()


# ---- runs


def test_a_recorded_run_is_answered_whole(recorded: Run) -> None:
    reply = get(f"/l2viz/runs/{recorded.id}")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["cache-control"] == "no-store"
    header, frames = read(reply.body)
    assert (header["state"], header["ended"], header["share"]) == ("finished", True, 1.0)
    assert len(frames) == len(recorded.state.snapshots) == len(header["recorded_epochs"])
    assert header["verdict"].startswith("Validation data chooses λ = ")


@pytest.mark.parametrize("first", [1, 40, 80])
def test_the_rest_of_a_run_is_the_tail_of_the_whole(recorded: Run, first: int) -> None:
    _, whole = read(get(f"/l2viz/runs/{recorded.id}?charts=").body)
    header, rest = read(get(f"/l2viz/runs/{recorded.id}?charts=&from={first}").body)
    assert_equal_frames(rest, whole[first:])
    assert "charts" not in header


@pytest.mark.parametrize("first", ["1", "81", str(10**30)])
def test_the_rest_of_all_arrays_is_refused(recorded: Run, first: str) -> None:
    """It has megabytes, takes seconds, and nobody asks for it."""
    reply = get(f"/l2viz/runs/{recorded.id}?from={first}")
    assert (reply.status, reply.body) == (400, b"charts must be named where from is not 0.")


@pytest.mark.parametrize("query", ["", "?charts=", "?from=1", "?charts=norms&from=1"])
def test_a_request_for_the_head_encodes_nothing(
    recorded: Run, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(l2viz.ui.server.answers, "encode", lambda _: pytest.fail("encoded"))
    reply = get(f"/l2viz/runs/{recorded.id}{query}", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize("first", ["81", "1000", str(10**30)])
def test_from_beyond_the_end_there_is_nothing_new(recorded: Run, first: str) -> None:
    reply = get(f"/l2viz/runs/{recorded.id}?charts=&from={first}")
    assert reply.status == 200
    header, frames = read(reply.body)
    assert frames == []
    assert header["ended"]


@pytest.mark.parametrize("first", ["-1", "-1000"])
def test_a_negative_start_is_the_whole(recorded: Run, first: str) -> None:
    whole = get(f"/l2viz/runs/{recorded.id}").body
    assert get(f"/l2viz/runs/{recorded.id}?from={first}").body == whole


@pytest.mark.parametrize("first", ["", "x", "1.5", "nan", "9" * 5_000])
def test_a_start_that_is_no_number_is_refused(recorded: Run, first: str) -> None:
    reply = get(f"/l2viz/runs/{recorded.id}?from={first}")
    assert (reply.status, reply.body) == (400, b"from must be a number of snapshots.")


@pytest.mark.parametrize("run_id", ["0000000000000000-1", "x", "%00", "λ"])
def test_an_unknown_run_is_not_found(trainer: Trainer, run_id: str) -> None:
    reply = get(f"/l2viz/runs/{run_id}")
    assert reply.status == 404
    assert reply.body == b"There is no run with this id, or it was deleted."


def test_runs_are_only_read(recorded: Run) -> None:
    assert get(f"/l2viz/runs/{recorded.id}", method="POST").status == 405


def test_the_answer_of_a_waiting_run_is_its_state(trainer: Trainer) -> None:
    run = trainer.submit(Experiment(dataset="curve", epochs=50), client="me")
    header, frames = read(get(f"/l2viz/runs/{run.id}").body)
    assert (header["state"], header["message"]) == ("queued", "The training process is starting.")
    assert (frames, header["share"], header["ended"]) == ([], 0.0, False)


# ---- a run while it trains, written as the trainer writes it


@pytest.fixture
def written() -> Run:
    trajectory = trajectories.digits(epochs=99)
    run = Run("abc-1", trajectory.experiment, 1)
    run.leave_queue()
    run.begin(trajectory.context)
    for snapshot in trajectory.snapshots()[:60]:
        run.add(snapshot)
    return run


def test_a_run_in_training_is_answered_up_to_now(written: Run) -> None:
    header, frames = read(Answers().of(written))
    assert (header["state"], header["ended"], header["verdict"]) == ("training", False, "")
    assert (len(frames), header["share"]) == (60, 0.6)
    _, rest = read(Answers().of(written, 58))
    assert_equal_frames(rest, frames[58:])


def test_the_whole_of_an_ended_run_is_encoded_once(
    written: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = []
    encode = l2viz.ui.server.answers.encode
    answers = Answers(shared_for=0.0)
    monkeypatch.setattr(
        l2viz.ui.server.answers, "encode", lambda answer: encoded.append(answer) or encode(answer)
    )
    for count, snapshot in enumerate(written.state.snapshots[:2], start=1):
        answers.of(written)  # while it trains, again for each snapshot
        assert len(encoded) == count
        written.add(snapshot)
    written.end("stopped", "Stopped at epoch 59.")
    whole = answers.of(written)
    assert answers.of(written) is whole
    assert len(encoded) == 3
    assert answers.of(written, 1) is answers.of(written, 1)
    assert len(encoded) == 4
    header, frames = read(whole)
    assert (header["state"], len(frames)) == ("stopped", 62)


def test_thirty_viewers_of_one_run_get_one_answer(
    written: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if they ask at the same time: the others wait for the first one's."""
    made: list[str] = []
    encode, compress = l2viz.ui.server.answers.encode, gzip.compress

    def slow_encode(answer: Any) -> bytes:
        made.append("encoded")
        time.sleep(0.05)
        return encode(answer)

    def noted_compress(*arguments: Any, **keywords: Any) -> bytes:
        made.append("compressed")
        return compress(*arguments, **keywords)

    monkeypatch.setattr(l2viz.ui.server.answers, "encode", slow_encode)
    monkeypatch.setattr(gzip, "compress", noted_compress)
    answers = Answers(shared_for=60.0)
    with ThreadPoolExecutor(30) as pool:
        asked = [
            pool.submit(answers.of, written, 58, ("norms",), compressed=True) for _ in range(30)
        ]
        bodies = {future.result() for future in asked}
    assert sorted(made) == ["compressed", "encoded"]
    (body,) = bodies
    header, frames = read(gzip.decompress(body))
    assert (header["ended"], len(frames)) == (False, 2)
    written.add(written.state.snapshots[0])
    assert answers.of(written, 58, ("norms",), compressed=True) == body, "for sixty seconds"
    written.end("stopped", "Stopped.")
    header, frames = read(answers.of(written, 58, ("norms",)))
    assert (header["ended"], len(frames)) == (True, 3)


def test_what_a_browser_takes_compressed_is_sent_compressed(recorded: Run) -> None:
    for address in (f"/l2viz/runs/{recorded.id}?charts=", f"{FOLDER}/{PLOTLY}"):
        plain, compressed = get(address), get(address, accepts="gzip, deflate, br")
        assert "content-encoding" not in plain.headers
        assert compressed.headers["content-encoding"] == "gzip"
        assert compressed.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(compressed.body) == plain.body
        assert len(compressed.body) < len(plain.body)


def test_the_latest_answers_that_fit_are_kept(recorded: Run, trainer: Trainer) -> None:
    runs = [run_of(trainer, lesson.experiment) for lesson in presets()[:3]]
    sizes = [len(Answers().of(run)) for run in runs]
    answers = Answers(max(sizes[0] + sizes[1], sizes[1] + sizes[2]))
    first, second, _ = [answers.of(run) for run in runs]
    assert [key[0] for key in answers.kept] == [runs[1].id, runs[2].id]
    assert answers.of(runs[1]) is second
    again = answers.of(runs[0])
    assert again == first
    assert [key[0] for key in answers.kept] == [runs[1].id, runs[0].id]


def test_a_run_in_training_is_asked_for_less_often_while_others_wait(written: Run) -> None:
    crowd = [True]
    answers = Answers(shared_for=0.0, is_crowded=lambda: crowd[0])
    assert read(answers.of(written, 1, ("norms",)))[0]["pause"] == 0.1
    crowd[0] = False
    assert read(answers.of(written, 2, ("norms",)))[0]["pause"] == 0.04
    crowd[0] = True
    written.end("stopped", "Stopped.")
    assert read(answers.of(written, 1, ("norms",)))[0]["pause"] == 0.04


def test_a_request_in_other_words_is_the_same_request(recorded: Run) -> None:
    answers = Answers()
    first = answers.of(recorded, 0, ("norms", "penalty"))
    for names in (("penalty", "norms"), ("norms", "nothing", "penalty", "norms", "<script>")):
        assert answers.of(recorded, 0, names) is first
    assert answers.of(recorded, 0, ("",)) is answers.of(recorded, 0, ("nothing",))
    assert len(answers.kept) == 2


def test_an_answer_larger_than_the_limit_is_not_kept(written: Run) -> None:
    written.end("stopped", "Stopped at epoch 59.")
    size = len(Answers().of(written))
    answers = Answers(size - 1)
    assert answers.of(written) == answers.of(written)
    assert not answers.kept
    answers = Answers(size)
    assert answers.of(written) is answers.of(written)


# ---- a run as one file


def test_a_run_is_handed_out_as_one_file(recorded: Run) -> None:
    address = f"/l2viz/runs/{recorded.id}/lab.html"
    plain, packed = get(address), get(address, accepts="gzip")
    assert plain.status == packed.status == 200
    assert plain.body == gzip.decompress(packed.body)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    disposition = plain.headers["content-disposition"]
    assert disposition == f'attachment; filename="l2viz_curve_seed-{recorded.experiment.seed}.html"'
    assert len(plain.body) <= LARGEST_FILE
    assert f"<title>{presets()[0].title}</title>" in plain.body.decode()


def test_a_file_is_made_once(recorded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def file(run: Run, _: Trajectory) -> bytes:
        made.append(run.id)
        return gzip.compress(b"page")

    monkeypatch.setattr(l2viz.ui.server.lab_route, "_file", file)
    address = f"/l2viz/runs/{recorded.id}/lab.html"
    app = routes(shared_trainer)
    assert [get(address, app=app).body for _ in range(3)] == [b"page"] * 3
    assert made == [recorded.id]


def test_no_file_of_an_unknown_run_or_one_that_has_not_ended(trainer: Trainer) -> None:
    assert get("/l2viz/runs/nothing/lab.html").status == 404
    run = trainer.submit(Experiment(dataset="curve", epochs=50), client="me")
    assert get(f"/l2viz/runs/{run.id}/lab.html").status == 409


def test_a_run_from_a_file_is_handed_out_as_one_file_too(trainer: Trainer, tmp_path: Path) -> None:
    recorded_model(0.01, name="own model").save(tmp_path / "own.npz")
    content = (tmp_path / "own.npz").read_bytes()
    opened = open_run({"own.npz": io.BytesIO(content)})
    answer = get(f"/l2viz/runs/{opened.id}/lab.html")
    assert answer.status == 200
    disposition = answer.headers["content-disposition"]
    assert disposition == 'attachment; filename="l2viz_own-model.html"'
    assert b"own model" in answer.body
