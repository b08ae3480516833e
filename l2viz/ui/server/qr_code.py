"""QR codes of this server's own addresses, for phones that are to open the same view."""

from __future__ import annotations

import io
from urllib.parse import SplitResult, urlsplit

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from l2viz.ui.server.guard import is_local, named_hosts
from l2viz.ui.server.network import network_host
from l2viz.validation import InvalidValue

LONGEST = 2_000  # characters; a code of more has modules too small for the back of a room
_QUIET_ZONE = 4  # modules of white around a code, as its standard wants
_HEADERS = {"Cache-Control": "no-store"}


async def qr_code(request: Request) -> Response:
    """Send the code of `address` as an SVG; 400 if it is none of this server."""
    host = request.headers.get("host", "")
    try:
        svg = qr_svg(own_address(request.query_params.get("address", ""), host))
    except InvalidValue as refusal:
        raise HTTPException(400, f"{refusal}.", _HEADERS) from None
    return Response(svg, media_type="image/svg+xml", headers=_HEADERS)


async def network(request: Request) -> Response:
    """Send the host by which phones reach this page: null unless it is open by a local name."""
    opened_locally = is_local(_split(f"http://{request.headers.get('host', '')}").hostname)
    return JSONResponse({"host": network_host() if opened_locally else None}, headers=_HEADERS)


def own_address(address: str, host: str) -> str:
    """Return a full address of this server, which a request to this host asks for.

    Raises InvalidValue for any other address.
    """
    if not 0 < len(address) <= LONGEST:
        raise InvalidValue("address", f"have 1 to {LONGEST:,} characters", address)
    if not (address.isascii() and address.isprintable() and " " not in address):
        raise InvalidValue("address", "be written as browsers do, in plain characters", address)
    if not _is_found_at(_split(address), _split(f"http://{host}")):
        raise InvalidValue("address", "be one of this server", address)
    return address


def qr_svg(address: str) -> bytes:
    """Return the code, black on white.

    On a screen nothing is torn or stained: of the lowest level it has the fewest modules, so the
    largest, and then the highest level for which it has room.
    """
    svg = io.BytesIO()
    segno.make_qr(address, error="l", boost_error=True).save(
        svg,
        kind="svg",
        border=_QUIET_ZONE,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
    )
    return svg.getvalue()


def _is_found_at(address: SplitResult, host: SplitResult) -> bool:
    """Return whether an address is that of the host, of Streamlit's settings or of this machine."""
    if address.scheme not in ("http", "https") or not address.hostname or "@" in address.netloc:
        return False
    if address.netloc.lower() == host.netloc.lower():
        return True
    if address.hostname in named_hosts():
        return not is_local(address.hostname)
    return address.hostname == network_host() and address.port == host.port


def _split(address: str) -> SplitResult:
    """Split an address; what is none has no parts."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises what splitting alone does not
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
