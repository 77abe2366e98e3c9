"""The network address that a request comes from, which limits on attempts count by.

X-Forwarded-For is believed only from the trusted proxies of the settings, and only its last entry: the one that
the proxy itself wrote.
"""

from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, Request

from harmonic_organization.api.signed_in import DeskDep
from harmonic_organization.settings import Networks

UNKNOWN = "unknown"


def client_address(peer: str | None, forwarded: str | None, trusted: Networks) -> str:
    """The peer's address, or the one that a trusted peer reports."""
    if not _trusted(peer, trusted) or not forwarded:
        return peer or UNKNOWN
    last = forwarded.rpartition(",")[2].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return peer or UNKNOWN


def _trusted(peer: str | None, trusted: Networks) -> bool:
    try:
        address = ip_address(peer or "")
    except ValueError:
        return False
    return any(address in network for network in trusted)


def _address(request: Request, desk: DeskDep) -> str:
    peer = request.client.host if request.client else None
    return client_address(peer, request.headers.get("x-forwarded-for"), desk.settings.trusted_proxies)


AddressDep = Annotated[str, Depends(_address)]
