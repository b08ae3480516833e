"""The Dockerfile: what it copies is there, and its health check tells a server that can train."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.browser.server import ROOT, Server

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_it_copies_what_the_page_needs_and_no_more() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+) \S+$", TEXT, re.MULTILINE)
    assert all((ROOT / name).exists() for name in copied)
    let_through = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(let_through)


def test_its_health_check_tells_whether_the_server_can_train() -> None:
    (found,) = re.findall(r"HEALTHCHECK.*?CMD (\[.*?\])$", TEXT, re.MULTILINE | re.DOTALL)
    name, *arguments = json.loads(found)
    assert name == "python"

    def answer(server: str) -> int:
        command = [part.replace("http://127.0.0.1:8501/", server) for part in arguments]
        return subprocess.run(
            [sys.executable, *command], capture_output=True, timeout=60, check=False
        ).returncode

    with Server(settings={"L2VIZ_WORKERS": "1"}) as server:
        assert answer(server.address) == 0
        address = server.address
    assert answer(address) != 0


def test_its_server_starts_with_what_is_copied_alone(tmp_path: Path) -> None:
    for name in ("app.py", ".streamlit", "l2viz"):
        (tmp_path / name).symlink_to(ROOT / name)
    (found,) = re.findall(r"^CMD (\[.*\])$", TEXT, re.MULTILINE)
    command = [part for part in json.loads(found) if not part.startswith("--server.port")]
    with Server([sys.executable, "-m", *command], folder=tmp_path) as server:
        assert "Traceback" not in server.output
