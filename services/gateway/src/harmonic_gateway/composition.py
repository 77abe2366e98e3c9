"""What lives in a running gateway beside its tables, and how it is put together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.readers import Reader
from harmonic_chassis.tokens import KeysUnavailable, TokenRefused
from harmonic_contracts import problems
from harmonic_gateway.front.door import FrontDoor
from harmonic_gateway.front.gate import Gate, Verified, unauthenticated
from harmonic_gateway.front.limits import RateLimits
from harmonic_gateway.openapi.document import MergedDocument
from harmonic_gateway.routing.problems import Refused
from harmonic_gateway.routing.table import METHODS, ROWS, RouteTable, with_metrics
from harmonic_gateway.routing.upstream import Closing, Upstream
from harmonic_gateway.settings import GatewaySettings
from harmonic_gateway.streams.follow import Follower
from harmonic_gateway.streams.hub import KEY_REVOKED, MOVED, PROGRESS, Hub

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis, Stop

_KEY = "gateway"


class Gateway:
    """The live objects of one gateway process."""

    def __init__(self, chassis: "Chassis") -> None:
        settings = chassis.settings
        assert isinstance(settings, GatewaySettings)
        self.chassis = chassis
        self.settings = settings
        self.gate = Gate(self._verify, self._exchange, chassis.clock)
        self.hub = Hub(on_key_revoked=self.gate.forget_key)
        self.limits = RateLimits(caller=settings.caller_rate, secrets=settings.secrets_rate)
        self.document = MergedDocument()
        self.look_again: Callable[[], None] = lambda: None
        """Wakes the loop that looks for soundscapes."""
        self.held: list[Closing] = []
        """The upstreams that hold connections."""
        self._telling: set[asyncio.Task[None]] = set()

    def moved(self, organization_id: str) -> None:
        """Wake the streams of this organization, on every replica."""
        self._broadcast(MOVED, {"organization_id": organization_id})

    def key_revoked(self, key_id: str) -> None:
        """Let every replica drop what it remembers of the key."""
        self._broadcast(KEY_REVOKED, {"key_id": key_id})

    def follower(self, reader: Callable[[], Awaitable[Reader | None]]) -> Follower:
        """A follower of streams for one reader."""
        return Follower(self.chassis.db, self.hub, self.chassis.stopping.is_set, reader)

    def door(self, own: ASGIApp, upstreams: Mapping[str, Upstream]) -> FrontDoor:
        """The application for the public port."""
        self.document.sources = {"gateway": own, **upstreams}
        rows = with_metrics(ROWS) if self.settings.metrics_public else ROWS
        return FrontDoor(own, upstreams, self.gate, self.limits, RouteTable(rows), self._observe)

    def _observe(self, method: str, prefix: str, status: int, seconds: float) -> None:
        known = method if method in METHODS else "OTHER"  # a label must not be the caller's invention
        self.chassis.metrics.request(known, f"front {prefix}", status, seconds)

    async def start(self) -> "Stop":
        """Begin to hear broadcasts and to watch the deadlines; gives what ends it."""
        from harmonic_gateway.care import start_loops

        tasks = [asyncio.create_task(self._hear(topic)) for topic in (PROGRESS, MOVED, KEY_REVOKED)]
        tasks.append(asyncio.create_task(self._release_streams()))
        stop_loops = start_loops(self)

        async def stop() -> None:
            await stop_loops()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._close_upstreams()

        return stop

    async def _hear(self, pattern: str) -> None:
        async with self.chassis.transport.listen(pattern) as heard:
            async for topic, payload in heard:
                self.hub.hear(topic, payload)

    async def _release_streams(self) -> None:
        await self.chassis.stopping.wait()
        self.hub.wake_all()

    async def _close_upstreams(self) -> None:
        for upstream in self.held:
            await upstream.close()

    def _broadcast(self, topic: str, payload: dict[str, str]) -> None:
        task = asyncio.get_running_loop().create_task(self.chassis.transport.broadcast(topic, payload))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _verify(self, token: str) -> Verified:
        try:
            claims = await self.chassis.tokens.verify(token)
        except TokenRefused as error:
            raise unauthenticated(str(error)) from None
        except KeysUnavailable:
            raise Refused(problems.UNAVAILABLE, "Tokens cannot be verified just now.", {"retry-after": "2"}) from None
        if claims.kind != "user":
            raise unauthenticated("A service's token is of no use at the public port.")
        return Verified(claims.sub, claims.exp, claims.key)

    async def _exchange(self, key: str) -> str:
        try:
            answer = await self.chassis.peers.request(
                "organization", "POST", "/internal/api-keys/exchange", json={"api_key": key}
            )
        except DependencyDown:
            raise Refused(problems.UNAVAILABLE, "API keys cannot be verified just now.", {"retry-after": "2"}) from None
        if not answer.ok:
            raise unauthenticated("The API key is not valid (any more).")
        return str(answer.json()["access_token"])


def gateway_of(chassis: "Chassis") -> Gateway:
    """The live objects of this chassis' gateway, made at the first call."""
    found = chassis.state.get(_KEY)
    if found is None:
        found = chassis.state[_KEY] = Gateway(chassis)
    assert isinstance(found, Gateway)
    return found


def edge(chassis: "Chassis", app: ASGIApp) -> ASGIApp:
    """The front door over HTTP: the services are where the setting `peers` says."""
    from harmonic_gateway.routing.http_upstream import HttpUpstream  # aiohttp: not needed where services are mounted

    gateway = gateway_of(chassis)
    silence = gateway.settings.upstream_silence_s
    upstreams = {name: HttpUpstream(name, url, silence_s=silence) for name, url in gateway.settings.peers.items()}
    gateway.held.extend(upstreams.values())
    return gateway.door(app, upstreams)


def front_door(chassis: "Chassis", app: ASGIApp, services: Mapping[str, ASGIApp]) -> ASGIApp:
    """The front door with the services mounted in the same process."""
    return gateway_of(chassis).door(app, services)


async def on_start(chassis: "Chassis") -> "Stop":
    """Start what lives in the gateway."""
    return await gateway_of(chassis).start()
