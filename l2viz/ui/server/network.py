"""Network: the address by which other machines reach this one."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from streamlit import config

from l2viz.ui.server.guard import is_local

_EVERYWHERE = (None, "", "0.0.0.0", "::")  # noqa: S104  values of the setting server.address
_OF_NOBODY = ("192.0.2.1", 9)  # kept for documents by RFC 5737


async def network(request: Request) -> Response:
    """Send the host by which phones reach this page: null unless it is open by a local name."""
    opened_locally = is_local(_hostname(request.headers.get("host", "")))
    host = network_host() if opened_locally else None
    return JSONResponse({"host": host}, headers={"Cache-Control": "no-store"})


def _hostname(host: str) -> str | None:
    """Return a host without its port; None if it is none."""
    try:
        return urlsplit(f"http://{host}").hostname
    except ValueError:
        return None


def network_host() -> str | None:
    """Return this machine's own address in its network; None if the server is not reached there."""
    if config.get_option("server.address") not in _EVERYWHERE:
        return None
    return _own_address()


def _own_address() -> str | None:
    """Return the address from which this machine would send; nothing is sent to learn it.

    To connect a datagram socket is to look up a route in this machine's own table.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_OF_NOBODY)
            found = ipaddress.ip_address(probe.getsockname()[0])
        except OSError:  # no network
            return None
    return None if found.is_loopback or found.is_unspecified else str(found)
