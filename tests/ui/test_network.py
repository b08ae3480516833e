"""The address by which phones reach this machine, and who is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from streamlit import config

from l2viz.ui.server import network
from tests.ui.test_routes import get


@pytest.fixture
def server_address() -> Iterator[None]:
    """Restore the option that a test changes."""
    before = config.get_option("server.address")
    yield
    config.set_option("server.address", before)


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("localhost:8501", "192.168.1.20"),
        ("127.0.0.1", "192.168.1.20"),
        ("[::1]:8501", "192.168.1.20"),
        ("class.example", None),
        ("localhost.evil.example", None),
        ("[", None),
        ("", None),
    ],
)
def test_the_machines_address_is_told_where_the_page_is_local(
    monkeypatch: pytest.MonkeyPatch, host: str, told: str | None
) -> None:
    monkeypatch.setattr(network, "network_host", lambda: "192.168.1.20")
    reply = get("/l2viz/network.json", host=host)
    assert json.loads(reply.body) == {"host": told}
    assert reply.headers["cache-control"] == "no-store"


class Probe:
    """A datagram socket that knows a route, or none; it can send nothing."""

    source: str | None = None

    def __init__(self, *_: object) -> None:
        self.connected = False

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None: ...

    def connect(self, _: tuple[str, int]) -> None:
        if self.source is None:
            raise OSError(101, "Network is unreachable")

    def getsockname(self) -> tuple[str | None, int]:
        return self.source, 40000


@pytest.mark.usefixtures("server_address")
@pytest.mark.parametrize(
    ("source", "listens_at", "found"),
    [
        ("192.168.1.20", None, "192.168.1.20"),
        ("192.168.1.20", "0.0.0.0", "192.168.1.20"),
        ("192.168.1.20", "localhost", None),
        ("127.0.0.1", None, None),
        ("0.0.0.0", None, None),
        (None, None, None),
    ],
)
def test_the_machine_is_found_where_its_server_listens(
    monkeypatch: pytest.MonkeyPatch, source: str | None, listens_at: str | None, found: str | None
) -> None:
    monkeypatch.setattr(Probe, "source", source)
    monkeypatch.setattr(network.socket, "socket", Probe)
    config.set_option("server.address", listens_at)
    assert network.network_host() == found
