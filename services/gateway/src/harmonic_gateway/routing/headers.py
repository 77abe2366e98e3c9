"""Headers on their way through a proxy: hop-by-hop ones end here, the caller's address is told by us alone.

Source: RFC 9110, section 7.6.1 (Connection), and RFC 9112.
"""

from collections.abc import Iterable

RawHeaders = list[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization",
        b"te", b"trailer", b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip
TOLD_BY_US = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"})


def find(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The first value of a header (its name in lower case)."""
    return next((value for key, value in headers if key.lower() == name), None)


def end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers that travel on: without the hop-by-hop ones and those that `Connection` names."""
    pairs = [(key.lower(), value) for key, value in headers]
    named = {token.strip().lower() for key, value in pairs if key == b"connection" for token in value.split(b",")}
    return [(key, value) for key, value in pairs if key not in HOP_BY_HOP and key not in named]


def with_values(headers: Iterable[tuple[bytes, bytes]], values: dict[bytes, bytes | None]) -> RawHeaders:
    """The headers with the named ones replaced; a value of None takes the header away."""
    kept = [(key, value) for key, value in headers if key.lower() not in values]
    return kept + [(key, value) for key, value in values.items() if value is not None]
