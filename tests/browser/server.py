"""A Streamlit server in its own process, for browser tests, benchmark and screenshots."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType

ROOT = Path(__file__).resolve().parents[2]
RUN = (sys.executable, "-m", "streamlit", "run")
SECONDS_TO_START = 60.0
SECONDS_TO_END = 10.0
PROC = Path("/proc")
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Server:
    """``with Server() as server``: streamlit run, from the first answer to the last process.

    command   what starts it, to which the options of Streamlit are added
    folder    where it runs
    base      Streamlit's `server.baseUrlPath`
    settings  variables of its environment
    address   of the page, with the closing slash
    pid       of the server's process
    """

    def __init__(
        self,
        command: Sequence[str] = (*RUN, "app.py"),
        folder: Path = ROOT,
        base: str = "",
        settings: Mapping[str, str] = _NO_SETTINGS,
    ) -> None:
        self._log = tempfile.NamedTemporaryFile(prefix="l2viz-server-", suffix=".log")  # noqa: SIM115
        port = free_port()
        self.address = f"http://127.0.0.1:{port}/{base}{'/' if base else ''}"
        options = ["--server.baseUrlPath", base] if base else []
        self._process = _start([*command, *options], folder, port, settings, self._log.fileno())

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        """Return the output of the server and its training process, of both streams."""
        return Path(self._log.name).read_text(encoding="utf-8", errors="replace")

    def __enter__(self) -> Server:
        try:
            self._wait_for_an_answer()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.interrupt()
            try:
                self._process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()

    def interrupt(self) -> None:
        """Send SIGINT to the server's process group, as Ctrl-C in its terminal does."""
        if sys.platform == "win32":
            self._process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGINT)

    def wait(self, seconds: float) -> int:
        """Return the exit code. Raises subprocess.TimeoutExpired if it does not end in time."""
        return self._process.wait(seconds)

    def trainer_pids(self) -> list[int]:
        """Return the ids of its training processes, from /proc."""
        return [
            process.pid
            for process in processes()
            if process.parent == self.pid and "l2viz.trainer.worker" in process.command
        ]

    def _wait_for_an_answer(self) -> None:
        give_up = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < give_up:
            try:
                with urllib.request.urlopen(f"{self.address}_stcore/health", timeout=5) as answer:
                    answer.read()
                return
            except (urllib.error.URLError, OSError):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.03)
                if self._process.poll() is not None:
                    break
        raise RuntimeError(f"The server does not answer. It wrote:\n{self.output}")


@dataclass(frozen=True)
class Process:
    """One line of the process table."""

    pid: int
    parent: int
    command: str


def processes() -> Iterator[Process]:
    """Return all running processes, from /proc."""
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "stat").read_text()
            state, parent = status[status.rindex(")") + 1 :].split()[:2]
            if state == "Z":
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            yield Process(int(folder.name), int(parent), command)


def _start(
    command: Sequence[str], folder: Path, port: int, settings: Mapping[str, str], log: int
) -> subprocess.Popen[bytes]:
    command = [*command, "--server.headless=true", "--server.address=127.0.0.1"]
    command += [f"--server.port={port}"]
    command += ["--browser.gatherUsageStats=false"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PYTHONUNBUFFERED": "1", **settings}
    if sys.platform == "win32":
        own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    else:
        own = {"start_new_session": True}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        **own,
    )


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
