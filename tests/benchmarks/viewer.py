"""A viewer without a browser: a WebSocket client of Streamlit's own protocol, reading its run."""

from __future__ import annotations

import asyncio
import json
import struct
import time
import urllib.request
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PAUSE = 0.04  # seconds between two requests while a run trains, as the stage does
PAUSE_IN_QUEUE = 0.25
WAIT = 600.0


@dataclass(kw_only=True)
class Told:
    """What a viewer has seen, in seconds since the page was opened.

    run        id of the run that the page showed
    first      when the first place in the queue or the first epoch was there
    ended      when the last epoch was there
    state      of the run at its end
    answers    seconds of each answer of the run's route
    """

    run: str = ""
    first: float = 0.0
    ended: float = 0.0
    state: str = ""
    answers: list[float] = field(default_factory=list)


class Viewer:
    """``async with Viewer(address, query)``: a page that is open, as the server sees it."""

    def __init__(self, address: str, query: str) -> None:
        self._address = address
        self._query = query
        self.told = Told()

    async def __aenter__(self) -> Viewer:
        stream = self._address.replace("http", "ws") + "_stcore/stream"
        self._socket: ClientConnection = await connect(
            stream, subprotocols=["streamlit"], max_size=None, open_timeout=WAIT
        )
        self._started = time.monotonic()
        message = BackMsg()
        message.rerun_script.query_string = self._query
        await self._socket.send(message.SerializeToString())
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.cancel()
        await self._socket.close()

    async def watch(self) -> Told:
        """Read the run until it has ended, as the stage does."""
        received = 0
        while not self.told.run:
            await asyncio.sleep(0.005)
        address = f"{self._address}l2viz/runs/{self.told.run}?charts="
        while True:
            asked = time.monotonic()
            body = await asyncio.to_thread(_get, f"{address}&from={received}")
            now = time.monotonic()
            self.told.answers.append(now - asked)
            header = _header(body)
            received += header["frames"]
            if not self.told.first and (received or header["message"]):
                self.told.first = now - self._started
            if header["ended"]:
                self.told.ended, self.told.state = now - self._started, header["state"]
                return self.told
            await asyncio.sleep(PAUSE_IN_QUEUE if header["state"] == "queued" else PAUSE)

    async def _listen(self) -> None:
        """Take every message of the server, and note the run that the stage is told to show."""
        async for payload in self._socket:
            message = ForwardMsg()
            assert isinstance(payload, bytes)
            message.ParseFromString(payload)
            if message.delta.new_element.HasField("bidi_component"):
                self.told.run = json.loads(message.delta.new_element.bidi_component.json)["run"]


def _header(body: bytes) -> dict[str, Any]:
    """Return the header of an answer: see l2viz/stage/protocol.py."""
    (length,) = struct.unpack_from("<I", body)
    header: dict[str, Any] = json.loads(body[4 : 4 + length])
    return header


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=WAIT) as answer:
        body: bytes = answer.read()
        return body
