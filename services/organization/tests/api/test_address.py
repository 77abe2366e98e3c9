"""Which network address a request counts for."""

from ipaddress import ip_network

import pytest

from harmonic_organization.api.address import client_address

TRUSTED = [ip_network("172.16.0.0/12")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("172.18.0.5", "203.0.113.9", "203.0.113.9"),
        ("172.18.0.5", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("172.18.0.5", "2001:db8::1", "2001:db8::1"),
        ("172.18.0.5", None, "172.18.0.5"),
        ("172.18.0.5", "nonsense", "172.18.0.5"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("testclient", "203.0.113.9", "testclient"),
        (None, "203.0.113.9", "unknown"),
    ],
)
def test_only_a_trusted_peer_speaks_for_others(peer: str | None, forwarded: str | None, counted: str) -> None:
    """Nobody escapes a limit by a header: the last entry counts, and only from a trusted proxy."""
    assert client_address(peer, forwarded, TRUSTED) == counted
