"""Calls to other services: one interface, over HTTP between processes or straight into the app within one.

Every call carries a short-lived service token for its addressee and organization, the trace and the request id.
"""

import json as json_module
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from starlette.types import ASGIApp

from harmonic_chassis.asgi_client import call
from harmonic_chassis.context import current
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.service_tokens import ServiceTokens

if TYPE_CHECKING:
    import aiohttp

PATIENCE_S = 30.0


@dataclass
class PeerStream:
    """A response whose body is still coming."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]

    async def read(self) -> bytes:
        """The rest of the body."""
        return b"".join([chunk async for chunk in self.chunks])


@dataclass(frozen=True)
class PeerResponse:
    """A whole response. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON."""
        return json_module.loads(self.body)


class Wire(Protocol):
    """How bytes reach another service."""

    def send(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> AbstractAsyncContextManager[PeerStream]:
        """The response, streaming. Raises DependencyDown when the service does not answer."""
        ...

    async def close(self) -> None: ...


class LocalWire:
    """Straight into the apps of this process."""

    def __init__(self, apps: Mapping[str, ASGIApp]) -> None:
        self.apps = apps

    @asynccontextmanager
    async def send(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> AsyncIterator[PeerStream]:
        app = self.apps.get(service)
        if app is None:
            raise DependencyDown(service, "it does not run in this process")
        async with call(app, method, path, headers, body) as answer:
            yield PeerStream(answer.status, answer.headers, answer.chunks())

    async def close(self) -> None:
        """Nothing is held."""


class HttpWire:
    """Over HTTP with aiohttp, to the base URLs of the settings."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def send(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> AsyncIterator[PeerStream]:
        import aiohttp
        import yarl

        if service not in self._urls:
            raise DependencyDown(service, f"its URL is not known, set HARMONIC_PEERS={service}=http://...")
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=5.0, sock_read=PATIENCE_S)
            self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=False)
        url = yarl.URL(self._urls[service] + path, encoded=True)
        request = self._session.request(method, url, headers=dict(headers), data=body or None, allow_redirects=False)
        try:
            async with request as answer:
                lowered = {name.lower(): value for name, value in answer.headers.items()}
                yield PeerStream(answer.status, lowered, answer.content.iter_chunked(1 << 16))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DependencyDown(service, type(error).__name__) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Peers:
    """The other services, as this one sees them."""

    def __init__(self, wire: Wire, service: str, secret: str) -> None:
        self._wire = wire
        self.tokens = ServiceTokens(self._ask_for_token, service, secret)

    @asynccontextmanager
    async def stream(
        self,
        service: str,
        method: str,
        path: str,
        *,
        organization_id: str | None = None,
        on_behalf_of: str | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> AsyncIterator[PeerStream]:
        """Call and read the body as it comes. Raises DependencyDown; any status that came is an answer."""
        sent = {**_chain(), **{name.lower(): value for name, value in (headers or {}).items()}}
        body = b""
        if json is not None:
            body = json_module.dumps(json, allow_nan=False, separators=(",", ":")).encode()
            sent["content-type"] = "application/json"
        if not anonymous:
            token = await self.tokens.token(service, organization_id, on_behalf_of)
            sent["authorization"] = f"Bearer {token}"
        async with self._wire.send(service, method, path, sent, body) as answer:
            if answer.status == 503:
                raise DependencyDown(service, "it is not ready")
            if answer.status == 401 and not anonymous:
                self.tokens.forget(service, organization_id, on_behalf_of)
            yield answer

    async def request(
        self,
        service: str,
        method: str,
        path: str,
        *,
        organization_id: str | None = None,
        on_behalf_of: str | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> PeerResponse:
        """Call and wait for the whole response."""
        async with self.stream(
            service,
            method,
            path,
            organization_id=organization_id,
            on_behalf_of=on_behalf_of,
            json=json,
            headers=headers,
            anonymous=anonymous,
        ) as answer:
            return PeerResponse(answer.status, answer.headers, await answer.read())

    async def fetch(
        self, producer: str, sha256: str, organization_id: str, on_behalf_of: str | None
    ) -> AsyncIterator[bytes]:
        """The bytes of another service's artifact (an ArtifactSource). Raises LookupError where it may not be read."""
        async with self.stream(
            producer,
            "GET",
            f"/v1/artifacts/{sha256}",
            organization_id=organization_id,
            on_behalf_of=on_behalf_of,
        ) as answer:
            if answer.status != 200:
                raise LookupError(f"{producer} answers {answer.status} for artifact {sha256}")
            async for chunk in answer.chunks:
                yield chunk

    async def close(self) -> None:
        """Give connections back."""
        await self._wire.close()

    async def _ask_for_token(self, credentials: dict[str, Any]) -> dict[str, Any]:
        answer = await self.request(
            "organization", "POST", "/internal/service-tokens", json=credentials, anonymous=True
        )
        if not answer.ok:
            raise DependencyDown("organization", f"it answers {answer.status} to the request for a service token")
        return dict(answer.json())


def _chain() -> dict[str, str]:
    context = current()
    chain = {
        "x-correlation-id": context.correlation_id,
        "x-request-id": context.request_id,
        "traceparent": context.traceparent,
    }
    return {name: value for name, value in chain.items() if value}


def http_peers(urls: Mapping[str, str], service: str, secret: str) -> Peers:
    """Peers over HTTP."""
    return Peers(HttpWire(urls), service, secret)


def local_peers(apps: Mapping[str, ASGIApp], service: str, secret: str) -> Peers:
    """Peers in this process. `apps` may be filled later."""
    return Peers(LocalWire(apps), service, secret)
