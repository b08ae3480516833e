"""A viewer without a browser: a WebSocket client of Streamlit's own protocol, reading its run."""

from __future__ import annotations

import asyncio
import http.client
import json
import struct
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

WAIT = 600.0
_STAGE, _SEED = "stage", "Seed"


@dataclass(kw_only=True)
class Told:
    """What a viewer has seen of a run, in seconds since the page was opened or Train was pressed.

    run        id of the run that the page showed
    first      when the first place in the queue or the first epochs were there
    began      when the first epochs were there
    ended      when the last epoch was there
    state      of the run at its end
    answers    seconds of each answer of the run's route
    """

    run: str = ""
    first: float = 0.0
    began: float = 0.0
    ended: float = 0.0
    state: str = ""
    answers: list[float] = field(default_factory=list)


class Viewer:
    """``async with Viewer(address, query)``: a page that is open, as the server sees it.

    told   of the run that was requested last
    """

    def __init__(self, address: str, query: str) -> None:
        self._address = address
        self._query = query
        # One that is kept open, as a browser does.
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=WAIT)
        self._widgets: dict[str, str] = {}  # ids of the last run of the script, by label
        self._run = ""
        self._drawn = asyncio.Event()  # the script has run to its end since the last message
        self.told = Told()

    async def __aenter__(self) -> Viewer:
        stream = self._address.replace("http", "ws") + "_stcore/stream"
        self._socket: ClientConnection = await connect(
            stream, subprotocols=["streamlit"], max_size=None, open_timeout=WAIT
        )
        self._listening = asyncio.create_task(self._listen())
        await self._send(BackMsg())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.cancel()
        self._connection.close()
        await self._socket.close()

    async def opened(self) -> None:
        """Wait until the page has drawn itself."""
        await self._drawn.wait()

    async def press(self, seed: int) -> None:
        """Set the seed and press Train, in one message."""
        await self.opened()
        message = BackMsg()
        states = message.rerun_script.widget_states.widgets
        states.add(id=self._widgets[_SEED], int_value=seed)
        states.add(id=self._widgets[_STAGE], json_value=json.dumps({"train": time.time()}))
        await self._send(message)

    async def watch(self) -> Told:
        """Read the run until it has ended, as the stage does."""
        received = 0
        await self._drawn.wait()
        self.told.run = self._run
        path = f"{urlsplit(self._address).path}l2viz/runs/{self._run}?charts="
        while True:
            asked = time.monotonic()
            body = await asyncio.to_thread(self._get, f"{path}&from={received}")
            now = time.monotonic()
            self.told.answers.append(now - asked)
            header = _header(body)
            received += header["frames"]
            if not self.told.first and (received or header["message"]):
                self.told.first = now - self._started
            if not self.told.began and received:
                self.told.began = now - self._started
            if header["ended"]:
                self.told.ended, self.told.state = now - self._started, header["state"]
                return self.told
            await asyncio.sleep(header["pause"])

    def _get(self, path: str) -> bytes:
        try:
            answer = self._ask(path)
        except ConnectionError:  # the server has closed it, idle, in that moment: as a browser does
            self._connection.close()
            answer = self._ask(path)
        assert answer.status == http.HTTPStatus.OK, answer.status
        return answer.read()

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self._connection.request("GET", path)
        return self._connection.getresponse()

    async def _send(self, message: BackMsg) -> None:
        """Send a message that lets the script run; what is seen is timed from here."""
        message.rerun_script.query_string = self._query
        self._drawn.clear()
        self._started, self.told = time.monotonic(), Told()
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        """Take every message of the server, and note the run that the stage is told to show."""
        async for payload in self._socket:
            message = ForwardMsg()
            assert isinstance(payload, bytes)
            message.ParseFromString(payload)
            element = message.delta.new_element
            if element.HasField("bidi_component"):
                self._run = json.loads(element.bidi_component.json)["run"]
                self._widgets[_STAGE] = element.bidi_component.id
            elif element.HasField("number_input"):
                self._widgets[element.number_input.label] = element.number_input.id
            elif message.HasField("script_finished"):
                self._drawn.set()


def _header(body: bytes) -> dict[str, Any]:
    """Return the header of an answer: see l2viz/stage/protocol.py."""
    (length,) = struct.unpack_from("<I", body)
    header: dict[str, Any] = json.loads(body[4 : 4 + length])
    return header
