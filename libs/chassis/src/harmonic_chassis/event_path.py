"""The event path of a running service: relay, inboxes, handlers, claim check and reconciliation, started and stopped
together."""

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select

from harmonic_chassis.claim_check import ArtifactClaimCheck, ClaimFetcher
from harmonic_chassis.claiming import consumer_is_idle
from harmonic_chassis.clock import Clock
from harmonic_chassis.database import Database
from harmonic_chassis.handlers import Handlers
from harmonic_chassis.handling import HandlerRunner
from harmonic_chassis.inbox import Inbox
from harmonic_chassis.peer_events import PeerEvents
from harmonic_chassis.reconcile import EventSource, ReconcileLoop, Reconciler
from harmonic_chassis.relay import Relay, RelayPace
from harmonic_chassis.retries import RetryPolicy
from harmonic_chassis.tables.event_path import outbox
from harmonic_chassis.transport.base import ConsumerSpec, Subscription, Transport
from harmonic_contracts.registry import of_type

log = logging.getLogger(__name__)


class EventPath:
    """What ``Chassis.run`` composes. ``sources`` is the way to the producers' logs; without it, the chassis' peers."""

    def __init__(
        self,
        db: Database,
        transport: Transport,
        handlers: Handlers,
        *,
        service: str,
        chassis: Any = None,
        clock: Clock | None = None,
        sources: EventSource | None = None,
        policy: RetryPolicy | None = None,
        pace: RelayPace | None = None,
        reconcile_every_s: float = 30.0,
    ) -> None:
        self._db = db
        self._transport = transport
        self._service = service
        if db.claim_check is None and getattr(chassis, "artifacts", None) is not None:
            db.claim_check = ArtifactClaimCheck(chassis.artifacts)
        self.relay = Relay(db, transport, pace=pace)
        self._consumers = handlers.by_consumer(service)
        self._specs = [ConsumerSpec(name, tuple(sorted(types))) for name, types in self._consumers.items()]
        self._inboxes = {name: Inbox(db, name, types) for name, types in self._consumers.items()}
        self._runners = [
            HandlerRunner(db, types, consumer=name, chassis=chassis, policy=policy)
            for name, types in self._consumers.items()
        ]
        self._claims = (
            ClaimFetcher(db, db.claim_check, retry_s=(policy or RetryPolicy()).claim_retry_s)
            if db.claim_check is not None
            else None
        )
        self._reconcile = self._reconcile_loop(sources or _peers_of(chassis, db), reconcile_every_s)
        self._subscriptions: list[Subscription] = []

    async def start(self) -> None:
        """Consumers first, so that nothing is said before who listens is known."""
        for runner in self._runners:
            await runner.start()
        if self._claims is not None:
            self._claims.start()
        for spec in self._specs:
            self._subscriptions.append(await self._transport.consume(spec, self._inboxes[spec.name]))
        self.relay.start()
        if self._reconcile is not None:
            self._reconcile.start()

    async def stop(self) -> None:
        """Take no more, finish what is under way, hand the lead over. Nothing waits in memory alone."""
        if self._reconcile is not None:
            await self._reconcile.stop()
        for subscription in self._subscriptions:
            await subscription.close()
        self._subscriptions.clear()
        for runner in self._runners:
            await runner.stop()
        if self._claims is not None:
            await self._claims.stop()
        await self.relay.stop()

    async def kill(self) -> None:
        """Stop in the middle, as a crash would; for tests."""
        if self._reconcile is not None:
            await self._reconcile.kill()
        if self._claims is not None:
            await self._claims.kill()
        await self.relay.kill()
        for runner in self._runners:
            await runner.kill()
        for subscription in self._subscriptions:
            await subscription.close()

    @property
    def consumers(self) -> dict[str, tuple[str, ...]]:
        """The consumers of this service, with the types that each handles."""
        return {spec.name: spec.patterns for spec in self._specs}

    async def idle(self) -> bool:
        """Whether nothing waits to be relayed or handled. Dead letters, unknown types and commands without an owner
        wait for people, and do not count."""
        async with self._db.reading() as session:
            unsent = (outbox.c.kind == "event") | outbox.c.number.is_(None)
            waiting = await session.scalar(select(exists().where(unsent)))
            return not waiting and not self.relay.busy and await consumer_is_idle(session, list(self._consumers))

    async def reconcile(self) -> None:
        """Look for holes now."""
        if self._reconcile is not None:
            await self._reconcile.run_once()

    def _reconcile_loop(self, source: EventSource | None, every_s: float) -> ReconcileLoop | None:
        if source is None:
            return None
        reconcilers = [
            Reconciler(self._db, self._inboxes[spec.name], spec, source, _producers(spec)) for spec in self._specs
        ]
        return ReconcileLoop(self._service, reconcilers, every_s=every_s)


def _producers(spec: ConsumerSpec) -> Sequence[str]:
    """The services whose events the consumer wants. Commands come from anywhere; the transport answers for those."""
    return sorted({of_type(name).service for name in spec.patterns if of_type(name).kind == "event"})


def _peers_of(chassis: Any, db: Database) -> EventSource | None:
    peers = getattr(chassis, "peers", None)
    return PeerEvents(peers, db) if peers is not None else None
