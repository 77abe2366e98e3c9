"""What the gateway asks of a service behind it: to be an ASGI application.

So a service mounted in the same process needs no adapter, one behind HTTP is a small proxy application, and the front
door cannot tell them apart. Failures of the way (not of the service) are answered by the upstream itself as problems.
"""

import json
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Scope

Upstream = ASGIApp


class Closing(Protocol):
    """An upstream that holds connections."""

    async def close(self) -> None:
        """Give them back."""
        ...


class UpstreamSilent(ConnectionError):
    """A service behind the gateway did not give the document that it should."""


async def get_json(upstream: Upstream, path: str) -> Any:
    """The JSON document of a GET request to the upstream. Raises UpstreamSilent for any other answer than 200."""
    status, body = 0, bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body.extend(message.get("body", b""))

    await upstream(_get_scope(path), receive, send)
    if status != 200:
        raise UpstreamSilent(f"GET {path} was answered by {status}")
    return json.loads(bytes(body))


def _get_scope(path: str) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"gateway"), (b"accept", b"application/json")],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
        "state": {},
    }
