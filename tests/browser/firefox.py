"""Firefox by Marionette, the protocol that it speaks without a driver of its own."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.browser.server import free_port

NAMES = ("firefox-esr", "firefox")
_SECONDS_TO_START = 60.0
_SECONDS_OF_A_WAIT = 30.0


def found() -> str | None:
    """Return the command that starts Firefox; None where it is not installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Firefox:
    """``with Firefox() as firefox``: a browser of its own, with its own profile."""

    def __enter__(self) -> Firefox:
        self._profile = tempfile.TemporaryDirectory(prefix="l2viz-firefox-")
        port = free_port()
        settings = f'user_pref("marionette.port", {port});\n'
        (Path(self._profile.name) / "user.js").write_text(settings, encoding="utf-8")
        command = found()
        assert command is not None
        self._process = subprocess.Popen(
            [command, "--headless", "--marionette", "--profile", self._profile.name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = self._connect(port)
        self._read()  # its greeting
        self._number = 0
        self.call("WebDriver:NewSession")
        self.call("WebDriver:SetWindowRect", width=1280, height=800)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait()
        self._profile.cleanup()

    def open(self, address: str) -> None:
        """Load a page."""
        self.call("WebDriver:Navigate", url=address)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression on the page."""
        return self.call("WebDriver:ExecuteScript", script=f"return {expression}", args=[])["value"]

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _SECONDS_OF_A_WAIT
        script = (
            "const done = arguments[0]; "
            f"const look = () => ({expression}) ? done(true) : requestAnimationFrame(look); look()"
        )
        self.call("WebDriver:SetTimeouts", script=1000 * _SECONDS_OF_A_WAIT)
        self.call("WebDriver:ExecuteAsyncScript", script=script, args=[])
        assert time.monotonic() < end

    def screenshot(self) -> bytes:
        """Return the window as PNG."""
        return base64.b64decode(self.call("WebDriver:TakeScreenshot", full=False)["value"])

    def call(self, command: str, **parameters: Any) -> Any:
        """Send a command of WebDriver; return its result."""
        self._number += 1
        text = json.dumps([0, self._number, command, parameters])
        self._socket.sendall(f"{len(text.encode())}:{text}".encode())
        _, number, problem, result = self._read()
        assert number == self._number
        assert problem is None, problem
        return result

    def _connect(self, port: int) -> socket.socket:
        end = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=_SECONDS_TO_START)
            except OSError:
                assert self._process.poll() is None and time.monotonic() < end
                time.sleep(0.05)  # it tells nobody when it listens

    def _read(self) -> Any:
        """Read one message: its length, a colon, JSON."""
        length = b""
        while not length.endswith(b":"):
            length += self._received(1)
        return json.loads(self._received(int(length[:-1])))

    def _received(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            part = self._socket.recv(count - len(content))
            assert part, "Firefox has closed the connection"
            content += part
        return content
