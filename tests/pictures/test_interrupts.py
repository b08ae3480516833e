"""Ctrl-C and the network: no half file, no browser that stays, no address."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import l2viz
from tests.pictures.runs import run_of

_MARK = "L2VIZ_TEST_MARK"
# Says when the first frame is there, and goes on. A shell's background job ignores Ctrl-C, and so
# do its children, unless they say otherwise.
_PROGRAM = """
import signal
import sys
from l2viz.__main__ import main
from l2viz.progress import Progress

signal.signal(signal.SIGINT, signal.default_int_handler)
Progress.advance = lambda self, _: print("frame", flush=True)
sys.exit(main(sys.argv[1:]))
"""


def processes_of(mark: str) -> list[str]:
    """Return the processes that have a mark in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            running = (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            continue
        if f"{_MARK}={mark}".encode() in environment.split(b"\0") and running:
            found.append(process.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc")
def test_ctrl_c_leaves_no_file_and_no_browser(tmp_path: Path) -> None:
    into, mark = tmp_path / "into", str(tmp_path)
    into.mkdir()
    run_of("digits").save(tmp_path / "run.npz")
    command = [sys.executable, "-c", _PROGRAM, "film", str(tmp_path / "run.npz")]
    root = str(Path(l2viz.__file__).parents[1])
    with subprocess.Popen(
        [*command, "--chart", "norms", "--into", str(into / "film.gif")],
        env={**os.environ, _MARK: mark, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        first = process.stdout.readline()
        assert first == "frame\n", process.stderr.read()
        assert len(processes_of(mark)) > 1, "the browser runs"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read() == "\nStopped; no file is half written.\n"
    assert list(into.iterdir()) == []
    assert processes_of(mark) == []


def test_the_page_of_the_browser_asks_nobody_for_anything() -> None:
    import kaleido
    import plotly

    page = kaleido.PageGenerator(mathjax=False).generate_index()
    assert "http" not in page
    assert (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").as_uri() in page
