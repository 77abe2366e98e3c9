"""The head of a request as the service is to read it."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from starlette.types import Scope

from harmonic_gateway.routing.headers import TOLD_BY_US, end_to_end

_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
_PLAIN = re.compile(rb"[\x21-\x7e]*")
_OURS = TOLD_BY_US | {b"host"}


@dataclass(frozen=True)
class RequestHead:
    """Request line and headers, to the empty line."""

    method: str
    text: bytes
    has_body: bool
    chunked: bool
    """Whether the body is sent in chunks; else it has its declared length."""

    @classmethod
    def of(cls, scope: Scope, authority: bytes, prefix: bytes) -> "RequestHead":
        """What travels end to end, and what this proxy tells of the client (RFC 9110, 7.6; RFC 9112, 6)."""
        sized = chunked = False
        host = b""
        for key, value in scope["headers"]:
            if key == b"transfer-encoding":
                chunked = True
            elif key == b"content-length":
                sized = value != b"0"
            elif key == b"host":
                host = value
        method: str = scope["method"]
        lines = [b"%s %s HTTP/1.1\r\nhost: %s\r\n" % (method.encode(), _target(scope, prefix), authority)]
        for key, value in end_to_end(scope["headers"]):
            if key not in _OURS and not (chunked and key == b"content-length"):
                lines.append(b"%s: %s\r\n" % (key, value))
        lines.append(b"x-forwarded-proto: %s\r\n" % scope.get("scheme", "http").encode())
        if client := scope.get("client"):
            lines.append(b"x-forwarded-for: %s\r\n" % str(client[0]).encode())
        if host:
            lines.append(b"x-forwarded-host: %s\r\n" % host)
        lines.append(b"transfer-encoding: chunked\r\n\r\n" if chunked else b"\r\n")
        return cls(method, b"".join(lines), sized or chunked, chunked)


def _target(scope: Scope, prefix: bytes) -> bytes:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    target = prefix + path + (b"?" + query if query else b"")
    return target if _PLAIN.fullmatch(target) else quote(target, safe=_ASCII).encode()
