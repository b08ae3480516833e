"""Guard: refuses requests from pages of other sites, and adds headers for the browser's safety."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_OWN_PREFIX = "/l2viz/"
# For what we answer ourselves: bytes, scripts and styles, none of which is a page.
_OWN_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1")  # noqa: S104  names of this machine


class Guard:
    """ASGI middleware around Streamlit and the stage's routes.

    Streamlit compares an unknown Origin with the address of this machine, for which it asks an
    outside service, and meanwhile answers nobody. So a foreign Origin is refused before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request or a connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not _is_from_here(Headers(scope=scope)):
            await _refuse(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            own = _OWN_HEADERS if _OWN_PREFIX in scope["path"] else {}

            async def send_guarded(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = MutableHeaders(scope=message)
                    for name, value in (_HEADERS | own).items():
                        headers.setdefault(name, value)
                await send(message)

            await self._app(scope, receive, send_guarded)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose(code=1008, reason="foreign origin")(scope, receive, send)
    else:
        await PlainTextResponse("Requests from other sites are refused.", 403)(scope, receive, send)


def _is_from_here(headers: Headers) -> bool:
    """Return whether a request has no Origin, or one of this server or of its settings."""
    origin = headers.get("origin")
    if origin is None or not config.get_option("server.enableCORS"):
        return True
    try:
        found = urlsplit(origin)
    except ValueError:  # no address
        return False
    if found.netloc == headers.get("host") or is_local(found.hostname):
        return True
    return found.hostname in _named_hosts()


def is_local(host: str | None) -> bool:
    """Return whether a host is a name of the machine itself, which other machines do not know."""
    return host in _LOCAL


def _named_hosts() -> set[str | None]:
    """Return the hosts at which Streamlit's settings say that this server is found."""
    named = [config.get_option("browser.serverAddress")]
    named += config.get_option("server.corsAllowedOrigins") or []
    return {_host(each) for each in named if each}


def _host(address: str) -> str | None:
    return urlsplit(address if "//" in address else f"//{address}").hostname
