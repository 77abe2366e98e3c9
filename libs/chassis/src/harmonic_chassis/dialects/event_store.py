"""The statements of the event path, at driver level: what each database is asked, a batch at a time.

They bypass SQLAlchemy's compiler and result rows, which cost more than the databases' own work. Those with a session
run in its transaction; the others are one transaction, and on PostgreSQL one statement, of their own.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

WAITS_FOR_EARLIER = 2
"""``inbox.remote`` of a message whose subject's earlier one was not confirmed when it left, and has not come yet."""


class OutboxRow(NamedTuple):
    """A message as it is written. ``envelope`` is JSON without ``sequence``, which the statement adds."""

    id: str
    type: str
    kind: str
    subject: str
    organization_id: str | None
    envelope: str
    time: datetime


class NumberedRow(NamedTuple):
    """A message that has its number and is to travel."""

    number: int
    id: str
    type: str
    kind: str
    subject: str
    envelope: str


class InboxRow(NamedTuple):
    """A message as it came."""

    source: str
    number: int
    id: str
    type: str
    subject: str
    sequence: int
    envelope: str
    state: str
    remote: int
    trace_id: str | None


class ClaimedRow(NamedTuple):
    """A message to handle."""

    position: int
    source: str
    subject: str
    type: str
    attempts: int
    received_at: datetime
    envelope: str


class EventStore(Protocol):
    """One database's way to ask."""

    async def write(self, session: AsyncSession, rows: Sequence[OutboxRow]) -> None:
        """Write messages to the outbox, in order, each with its place in its subject. The counters of the subjects are
        locked until the commit, in sorted order, so that two transactions cannot wait for each other."""
        ...

    async def claim(
        self,
        session: AsyncSession,
        consumer: str,
        *,
        now: datetime,
        heads: int,
        followers: int,
        paused: Collection[str],
    ) -> list[ClaimedRow]:
        """Lock up to so many heads of subjects and take what follows them, in the order in which they are to be
        handled: fresh heads before those that failed, so that no retry is ahead of another subject's first attempt."""
        ...

    async def done(self, session: AsyncSession, positions: Sequence[int]) -> None:
        """Take handled messages out of the inbox."""
        ...

    async def advance(self, delivered: Sequence[tuple[int, int]], batch: int, fence: int) -> list[NumberedRow] | None:
        """Move what was delivered, as (number, routed), to the event log, and number up to ``batch`` new messages.
        It is a beat of the lease as well; None, and nothing done, where the fence is not the lease's any more."""
        ...

    async def keep(self, consumer: str, rows: Sequence[InboxRow], *, now: datetime) -> int:
        """Put into the inbox those rows that this consumer never saw; returns how many those were."""
        ...

    async def beat(self, fence: int) -> bool:
        """Show life; False where the fence is not the lease's any more."""
        ...


def in_order(heads: list[ClaimedRow], followers: Sequence[tuple[ClaimedRow, bool]]) -> list[ClaimedRow]:
    """Heads, and behind them for each subject the unbroken run of (follower, ready) in the order of their numbers."""
    open_subjects = {(head.source, head.subject) for head in heads}
    run = list(heads)
    for row, ready in followers:
        key = (row.source, row.subject)
        if not ready:
            open_subjects.discard(key)
        if key in open_subjects:
            run.append(row)
    return run
