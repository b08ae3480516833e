"""QR codes: what a phone's reader finds in them, and that they are of this server alone."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pytest
import zxingcpp
from streamlit import config

import l2viz.ui.server.qr_code
from l2viz.ui.server import network
from l2viz.ui.server.qr_code import LONGEST
from tests.ui.test_routes import Reply, get

HERE = "http://testserver"
SVG = "{http://www.w3.org/2000/svg}"


def asked_for(address: str) -> Reply:
    return get(f"/l2viz/qr.svg?address={quote(address, safe='')}")


def painted(svg: bytes, scale: int = 4) -> np.ndarray:
    """Return the pixels of a code, from the lines and moves of its one path of modules."""
    tree = ET.fromstring(svg)
    size = int(tree.get("viewBox", "").split()[2])
    (modules,) = [path for path in tree.iter(f"{SVG}path") if path.get("stroke") == "#000"]
    pixels = np.full((size, size), 255, np.uint8)
    x, y = 0.0, 0.0
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", modules.get("d", "")):
        by = [float(number) for number in numbers.split()]
        if step == "h":
            pixels[int(y), int(x) : int(x + by[0])] = 0
            x += by[0]
        else:
            x, y = (by[0], by[1]) if step == "M" else (x + by[0], y + by[1])
    return pixels.repeat(scale, 0).repeat(scale, 1)


def read(svg: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(painted(svg))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found.text


@pytest.mark.parametrize(
    "address",
    [
        f"{HERE}/",
        f"{HERE}/?dataset=digits&strength=0.00905&a=0.0011&b=0.0548&charts=gap,norms&presenter=yes",
        f"{HERE}/class/l2/?scene=tuning&points=%5B1%2C2%5D#part",
        "HTTP://TestServer/?x=%CE%BB",
        "https://testserver/?behind=tls",
        f"{HERE}/?{'x' * (LONGEST - len(HERE) - 2)}",
    ],
)
def test_a_reader_finds_the_address(address: str) -> None:
    reply = asked_for(address)
    assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
    assert reply.headers["cache-control"] == "no-store"
    assert read(reply.body) == address


def test_a_code_is_black_on_white_with_its_quiet_zone() -> None:
    pixels = painted(asked_for(f"{HERE}/").body, scale=1)
    assert set(np.unique(pixels)) == {0, 255}
    assert (np.argwhere(pixels == 0).min(0) == 4).all()
    assert (np.argwhere(pixels == 0).max(0) == len(pixels) - 5).all()
    (ground, _) = ET.fromstring(asked_for(f"{HERE}/").body).iter(f"{SVG}path")
    assert ground.get("fill") == "#fff"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://testserver.evil.example/",
        "http://evil.example/?http://testserver/",
        "http://testserver@evil.example/",
        "http://someone@testserver/",
        "http://testserver:8502/",
        "http://localhost/",
        "http://localhost:8501/",
        "ftp://testserver/",
        "javascript:alert(1)",
        "/?strength=1",
        "testserver/",
        "http://",
        "http://[",
        "http://testserver:port/",
        "http:\\\\testserver\\",
    ],
)
def test_an_address_elsewhere_is_refused(address: str) -> None:
    reply = asked_for(address)
    assert reply.status == 400
    assert reply.body.decode() == f"address must be one of this server, got {address!r}."
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ["", f"{HERE}/?{'x' * LONGEST}"])
def test_the_length_is_bounded(address: str) -> None:
    reply = asked_for(address)
    assert reply.status == 400
    assert reply.body.startswith(b"address must have 1 to 2,000 characters, got ")


@pytest.mark.parametrize("address", [f"{HERE}/λ", f"{HERE}/\n", f"{HERE}/ x", f"{HERE}/\x7f"])
def test_only_what_a_browser_writes_is_drawn(address: str) -> None:
    reply = asked_for(address)
    assert reply.status == 400
    assert reply.body.startswith(b"address must be written as browsers do, in plain characters")


def test_a_code_is_only_read() -> None:
    assert get("/l2viz/qr.svg", method="POST").status == 405
    assert get("/l2viz/qr.svg").status == 400


# ---- other names of this server


@pytest.fixture
def options() -> Iterator[None]:
    """Restore the options that a test changes."""
    names = ("server.corsAllowedOrigins", "server.address")
    before = {name: config.get_option(name) for name in names}
    yield
    for name, value in before.items():
        config.set_option(name, value)


@pytest.mark.usefixtures("options")
def test_a_name_in_streamlits_settings_is_of_this_server() -> None:
    address = "https://course.example/l2/?dataset=digits"
    assert asked_for(address).status == 400
    config.set_option("server.corsAllowedOrigins", ["https://course.example"])
    assert read(asked_for(address).body) == address


def test_the_machines_own_address_at_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(l2viz.ui.server.qr_code, "network_host", lambda: "192.168.1.20")
    assert read(asked_for("http://192.168.1.20/?lab").body) == "http://192.168.1.20/?lab"
    assert asked_for("http://192.168.1.20:8080/").status == 400
    assert asked_for("http://192.168.1.21/").status == 400


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
    monkeypatch.setattr(l2viz.ui.server.qr_code, "network_host", lambda: "192.168.1.20")
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


@pytest.mark.usefixtures("options")
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
