"""Network: the address by which other machines reach this one."""

from __future__ import annotations

import ipaddress
import socket

from streamlit import config

_EVERYWHERE = (None, "", "0.0.0.0", "::")  # noqa: S104  values of the setting server.address
_OF_NOBODY = ("192.0.2.1", 9)  # kept for documents by RFC 5737


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
