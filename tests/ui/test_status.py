"""The status of the server, as a page and as JSON, and the log that a program reads."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator

import pytest

from l2viz.trainer import Trainer
from l2viz.trainer.status import RunLine, TrainerStatus, WorkerLine
from l2viz.ui.server import log
from l2viz.ui.server.status_page import status_page
from tests.ui.test_routes import get

RUN = RunLine(
    run="1", dataset="digits", members=25, epoch=12, epochs=80, seconds_left=3.4, viewers=30
)
STATUS = TrainerStatus(
    training=(RUN,),
    waiting=(dataclasses.replace(RUN, dataset="<b>moons", epoch=None, seconds_left=400.0),),
    workers=(WorkerLine(pid=7, state="training", bytes=750_000_000),),
    bytes=None,
    kept_runs=6,
    unavailable_because="",
)


def test_the_page_says_what_trains_what_waits_and_how_large_it_is() -> None:
    page = status_page(STATUS)
    assert "1 run is trained, 1 wait; all have ended in about 7 min." in page
    row = "<td>digits</td><td>25</td><td>12 of 80</td><td>3 s</td><td>30</td>"
    assert f"<tr>{row}</tr>" in page
    assert "<td>&lt;b&gt;moons</td><td>25</td><td>– of 80</td><td>7 min</td>" in page
    assert "<td>training</td><td>training</td><td>750 MB</td>" in page
    assert "<td>page</td><td></td><td>unknown</td>" in page


def test_the_page_of_an_idle_server_is_short() -> None:
    page = status_page(dataclasses.replace(STATUS, training=(), waiting=()))
    assert "Nothing is trained now. 6 runs can be shown." in page
    assert "Waiting" not in page


def test_the_page_says_why_nothing_can_be_trained() -> None:
    assert "out of &lt;memory&gt;" in status_page(
        dataclasses.replace(STATUS, unavailable_because="out of <memory>")
    )


def test_both_are_served(trainer: Trainer) -> None:
    page = get("/l2viz/status")
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    answer = get("/l2viz/status.json")
    assert answer.status == 200
    told = json.loads(answer.body)
    assert set(told) == {field.name for field in dataclasses.fields(TrainerStatus)}
    assert told["kept_runs"] == trainer.status().kept_runs


def test_a_server_that_cannot_train_is_not_healthy(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = dataclasses.replace(trainer.status(), unavailable_because="No memory.")
    monkeypatch.setattr(type(trainer), "status", lambda self: broken)
    assert get("/l2viz/status.json").status == 503
    assert get("/l2viz/status").status == 200


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("l2viz")
    before = (logger.handlers, logger.level, logger.propagate)
    yield logger
    logger.handlers, logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


def test_events_are_objects_a_line(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("json")
    named = {"event": "queued", "run": "1-2-3", "seconds": 0.5}
    logging.getLogger("l2viz.trainer").info("queued: %s", "1-2-3", extra=named)
    try:
        raise OSError("gone")
    except OSError:
        logging.getLogger("l2viz.trainer").exception("Not\nwritten.")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first.pop("time").endswith("Z")
    assert first == {"level": "INFO", "message": "queued: 1-2-3"} | named
    assert (second["level"], second["message"]) == ("ERROR", "Not\nwritten.")
    assert "OSError: gone" in second["exception"]


def test_text_is_as_logging_has_it(logger: logging.Logger) -> None:
    before = list(logger.handlers)
    log.configure("text")
    assert logger.handlers == before
