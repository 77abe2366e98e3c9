"""The unit of work: everything that one transaction changes, says and starts, committed together or not at all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis import outbox
from harmonic_chassis.clock import Clock
from harmonic_chassis.context import MessageContext
from harmonic_chassis.dialects.event_store import EventStore
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.base import MessageData


class ClaimCheck(Protocol):
    """Where data too large for the wire is put, and fetched from (the artifacts of the producing service)."""

    async def put(self, uow: "UnitOfWork", message_id: str, data: bytes, *, organization_id: str | None) -> str:
        """Store and pin the data for as long as the message is in the log; returns its SHA-256."""
        ...

    async def get(self, source: str, sha256: str, size: int, *, organization_id: str | None) -> bytes:
        """The data, ``size`` bytes, from the service that produced it. Raises while it cannot be reached."""
        ...


@dataclass
class Effects:
    """What a transaction does beside its rows; shared by the units of work of one transaction."""

    drafts: list[outbox.Draft] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    last: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)


class UnitOfWork:
    """One transaction in one context. Obtained from ``Database.transaction()``."""

    def __init__(
        self,
        session: AsyncSession,
        context: MessageContext,
        *,
        source: str,
        clock: Clock,
        events: EventStore,
        claim_check: ClaimCheck | None = None,
        effects: Effects | None = None,
    ) -> None:
        self.session = session
        self.context = context
        self.source = source
        self.clock = clock
        self.events = events
        self._claim_check = claim_check
        self.effects = effects or Effects()

    def emit(self, data: MessageData, *, organization_id: str | None = None) -> str:
        """Say an event or give a command, in this transaction; returns the message's id."""
        message = outbox.draft(
            data, source=self.source, time=self.clock.now(), context=self.context, organization_id=organization_id
        )
        self.effects.drafts.append(message)
        self.touch("outbox")
        return message.id

    async def submit(
        self,
        kind: str,
        payload: BaseModel,
        *,
        organization_id: str,
        job_id: str | None = None,
        run_at: datetime | None = None,
    ) -> str:
        """Start a job with this transaction; returns its id. With ``job_id`` a second call changes nothing."""
        from harmonic_chassis.jobs import submission

        return await submission.submit(
            self, kind, payload, organization_id=organization_id, job_id=job_id, run_at=run_at
        )

    async def keep(self, ref: ArtifactRef, *, holder: str, organization_id: str, public: bool = False) -> None:
        """Register an artifact, pin it for a holder, e.g. ``simulation/<id>``, and let its readers in."""
        from harmonic_chassis.artifacts import pins

        await pins.keep(self, ref, holder=holder, organization_id=organization_id, public=public)

    async def release(self, holder: str) -> None:
        """Let go of all that the holder pinned."""
        from harmonic_chassis.artifacts import pins

        await pins.release(self, holder)

    def touch(self, topic: str) -> None:
        """The commit of this transaction is news for those who wait for ``topic``: outbox, inbox or job."""
        self.effects.topics.add(topic)

    def after_commit(self, fn: Callable[[], None]) -> None:
        """Call ``fn`` once the transaction is committed; never when it is not."""
        self.effects.after.append(fn)

    def before_commit(self, fn: Callable[[], Awaitable[None]]) -> None:
        """Call ``fn`` as the last thing in the transaction: for a row whose lock many wait for."""
        self.effects.last.append(fn)

    def within(self, context: MessageContext) -> "UnitOfWork":
        """The same transaction seen from another context: the next message of a batch."""
        return UnitOfWork(
            self.session,
            context,
            source=self.source,
            clock=self.clock,
            events=self.events,
            claim_check=self._claim_check,
            effects=self.effects,
        )

    def owned_by(self, owner_id: str | None) -> "UnitOfWork":
        """The same transaction, in which all that is said, started and kept has this owner (None: all members)."""
        return self.within(replace(self.context, owner_id=owner_id))

    async def flush(self) -> None:
        """Write what is pending: domain rows first, so that their errors come first, then the outbox."""
        await self.session.flush()
        drafts, self.effects.drafts = self.effects.drafts, []
        for each in drafts:
            if each.oversized:
                await self._check_in(each)
        await outbox.write(self.events, self.session, drafts)
        last, self.effects.last = self.effects.last, []
        for fn in last:
            await fn()

    async def _check_in(self, message: outbox.Draft) -> None:
        if self._claim_check is None:
            raise ValueError(
                f"{message.declared.name} carries {len(message.data)} bytes: give the database a claim check "
                "(Database.claim_check) or make the message smaller"
            )
        message.dataref = await self._claim_check.put(
            self, message.id, message.data, organization_id=message.organization_id
        )
