"""Two servers behind nginx, by the file in assets: a run of one is read through both."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from l2viz.lesson.presets import presets
from tests.browser.page import ViewedPage
from tests.browser.server import ROOT, Server, free_port
from tests.stage.wire_reader import read
from tests.trainer.waiting import until

CONFIGURATION = ROOT / "assets" / "deployment" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@contextmanager
def nginx(folder: Path, configuration: str) -> Iterator[None]:
    """Run nginx in the foreground, with all it writes in a folder."""
    assert NGINX is not None
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = [f"{kind}_temp_path {folder / kind};" for kind in kinds]
    places.append(f"access_log {folder / 'access.log'};")
    configuration = configuration.replace("http {", "\n".join(["http {", *places]), 1)
    written = folder / "nginx.conf"
    written.write_text(f"daemon off; pid {folder / 'pid'};\n{configuration}")
    log = folder / "error.log"
    with subprocess.Popen([NGINX, "-c", str(written), "-e", str(log)]) as process:
        try:
            yield
        finally:
            process.terminate()


def wait_for(address: str) -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(f"{address}_stcore/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{address} does not answer")


def port(server: Server) -> str:
    found = re.search(r":(\d+)/", server.address)
    assert found
    return found[1]


def configuration(servers: list[Server], listening: int) -> str:
    text = CONFIGURATION.read_text(encoding="utf-8")
    for written, server in zip(("8501", "8502"), servers, strict=True):
        text = text.replace(f"127.0.0.1:{written}", f"127.0.0.1:{port(server)}")
    return text.replace("listen 8080", f"listen 127.0.0.1:{listening}")


@pytest.mark.slow
def test_the_page_is_whole_where_a_proxy_takes_the_path_away(
    browser: Browser, tmp_path: Path
) -> None:
    listening = free_port()
    with Server(settings={"L2VIZ_WORKERS": "1"}) as server:
        text = configuration([server, server], listening)
        text = text.replace("proxy_pass http://pages;", "proxy_pass http://pages/;")
        text = text.replace("proxy_pass http://runs;", "proxy_pass http://runs/l2viz/runs/;")
        with nginx(tmp_path, text), browser.new_context() as context:
            address = f"http://127.0.0.1:{listening}/l2/"
            wait_for(address)
            page = ViewedPage(context.new_page(), address)
            page.open("?dataset=curve&epochs=40&seed=3")
            assert page.data["charts"] == "6"
            assert page.errors == []


def ended(address: str) -> bytes | None:
    """Return a server's answer about a run, once it knows that the run has ended."""
    body: bytes = urllib.request.urlopen(address).read()
    return body if read(body)[0]["ended"] else None


@pytest.mark.slow
def test_a_run_of_one_server_is_read_through_both(browser: Browser, tmp_path: Path) -> None:
    shared, written, listening = tmp_path / "runs", tmp_path / "nginx", free_port()
    written.mkdir()
    address = f"http://127.0.0.1:{listening}/l2/"
    settings = {"L2VIZ_SHARED_FOLDER": str(shared), "L2VIZ_WORKERS": "1"}
    with (
        Server(base="l2", settings=settings) as one,
        Server(base="l2", settings=settings) as two,
        nginx(written, configuration([one, two], listening)),
        browser.new_context() as context,
    ):
        wait_for(address)
        page = ViewedPage(context.new_page(), address)
        page.open("?dataset=digits&epochs=300&seed=3", state="training")
        page.wait_for(state="finished", epoch=300)
        run = page.run_ids[-1]
        path = f"l2viz/runs/{run}?charts=norms"
        bodies = [until(lambda each=each: ended(f"{each.address}{path}")) for each in (one, two)]
        assert bodies[0] == bodies[1], "the same bytes of both"
        answered = (written / "access.log").read_text()
        assert len(re.findall(rf"runs/{run}\S* HTTP/1.1\" 200", answered)) > 10
        status = [
            json.load(urllib.request.urlopen(f"{each.address}l2viz/status.json"))
            for each in (one, two)
        ]
        assert sorted(each["kept_runs"] - len(presets()) for each in status) == [0, 1], (
            "trained by one of them"
        )
        again = ViewedPage(context.new_page(), two.address)
        again.open("?dataset=digits&epochs=300&seed=3")
        assert again.run_ids[-1] == run
        first = ViewedPage(context.new_page(), one.address)
        first.open("?dataset=digits&epochs=300&seed=3")
        assert first.run_ids[-1] == run
        assert page.errors == again.errors == first.errors == []
