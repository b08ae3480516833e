"""Guard: requests from other sites are refused before Streamlit asks anybody; safe headers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from streamlit import config

from l2viz.ui.server.guard import Guard
from tests.fresh_process import run_python

ROOT = Path(__file__).parents[2]


async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand in for the app behind the guard: serve everything."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answer"})


def sent(kind: str, path: str = "/", origin: str | None = None) -> dict[str, Any]:
    """Return the first message that answers a request or connection to class.example."""
    headers = [(b"host", b"class.example:8501")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    scope = {"type": kind, "path": path, "method": "GET", "headers": headers}
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        messages.append(message)

    # In a new thread: after browser tests, Playwright's event loop runs in this one.
    with ThreadPoolExecutor(max_workers=1) as threads:
        threads.submit(asyncio.run, Guard(streamlit)(scope, receive, send)).result()
    return messages[0]


def headers_of(path: str) -> dict[str, str]:
    found: list[tuple[bytes, bytes]] = sent("http", path)["headers"]
    return {name.decode(): value.decode() for name, value in found}


@pytest.fixture
def options() -> Iterator[None]:
    """Restore the options that a test changes."""
    names = ("server.enableCORS", "server.corsAllowedOrigins", "browser.serverAddress")
    before = {name: config.get_option(name) for name in names}
    yield
    for name, value in before.items():
        config.set_option(name, value)


def is_served(origin: str | None) -> bool:
    """Return whether a request and a connection with this Origin are both served, or neither."""
    status = sent("http", origin=origin)["status"]
    connection = sent("websocket", origin=origin)
    assert status in (200, 403)
    if connection["type"] == "websocket.close":
        assert connection["code"] == 1008
    assert (status == 200) == (connection["type"] == "websocket.accept")
    return bool(status == 200)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "http://class.example:8501",
        "http://localhost:8501",
        "http://127.0.0.1:3000",
        "http://[::1]:8501",
    ],
)
def test_a_page_of_this_server_is_served(origin: str | None) -> None:
    assert is_served(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://class.example.evil.example:8501",
        "http://class.example:8502",
        "null",
        "",
        "http://",
        "//",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_a_page_of_another_site_is_refused(origin: str) -> None:
    assert not is_served(origin)


@pytest.mark.usefixtures("options")
def test_the_settings_of_streamlit_decide_who_else_is_served() -> None:
    other = "https://course.example"
    assert not is_served(other)
    config.set_option("server.corsAllowedOrigins", ["https://course.example"])
    assert is_served(other)
    config.set_option("server.corsAllowedOrigins", [])
    config.set_option("browser.serverAddress", "course.example")
    assert is_served(other)
    config.set_option("browser.serverAddress", "localhost")
    config.set_option("server.enableCORS", False)
    assert is_served(other)


def test_browsers_are_told_not_to_guess() -> None:
    page, own = headers_of("/"), headers_of("/class/l2/l2viz/runs/x")
    for headers in (page, own):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert own["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert own["x-frame-options"] == "DENY"
    assert "x-frame-options" not in page, "course pages may embed the page"


PRINTS_THE_ADDRESS = """
from streamlit import config, net_util
from streamlit.web import bootstrap

def asked(*_, **__):
    raise SystemExit("an outside service was asked")

net_util.get_external_ip = asked
config.set_option("server.headless", True)
bootstrap._print_url(False)
"""


def test_the_start_asks_no_outside_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # whose .streamlit/config.toml Streamlit reads
    done = run_python(PRINTS_THE_ADDRESS)
    assert "http://localhost:8501" in done.stdout
