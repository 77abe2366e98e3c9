"""Order per subject across the broker: a message that came before an earlier one of its subject waits for it.

The relay sends without waiting for confirms. Where the broker refuses one message and takes the next of the same
subject, the next names the first in ``after``; it is kept, but not handled until the first has come, which the relay
publishes again.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import literal_column, select, tuple_, update

from harmonic_chassis.database import Database
from harmonic_chassis.dialects.event_store import WAITS_FOR_EARLIER
from harmonic_chassis.tables.event_path import inbox, seen

Key = tuple[str, int]
REMEMBERED = 20_000
"""Messages kept lately that are known without asking the database."""


class Order:
    """What one instance of a consumer knows of the order of what comes."""

    def __init__(self, db: Database, consumer: str, types: Collection[str]) -> None:
        self._db = db
        self._consumer = consumer
        self._types = types
        self._lately: set[Key] = set()
        self._forget: deque[Key] = deque()
        self._highest: dict[str, int] = {}

    def known(self, key: Key) -> bool:
        """Whether it was kept lately: then the database need not be asked."""
        return key in self._lately

    async def too_early(self, messages: Sequence[Mapping[str, Any]]) -> set[Key]:
        """Which of the messages name an earlier one that has not come, in this batch or before."""
        known = self._lately.union((message["source"], message["number"]) for message in messages)
        wanted = {_key(message): self._needed(message) - known for message in messages if "after" in message}
        wanted = {key: missing for key, missing in wanted.items() if missing}
        if not wanted:
            return set()
        come = await self._seen(set().union(*wanted.values()))
        return {key for key, missing in wanted.items() if missing - come}

    def came(self, keys: Collection[Key]) -> bool:
        """Note what was kept. True where some of it came late, so that others may have waited for it."""
        highest = dict(self._highest)
        for source, number in keys:
            self._highest[source] = max(number, self._highest.get(source, 0))
        fresh = [key for key in keys if key not in self._lately]
        self._lately.update(fresh)
        self._forget.extend(fresh)
        while len(self._forget) > REMEMBERED:
            self._lately.discard(self._forget.popleft())
        return any(number <= highest.get(source, number) for source, number in keys)

    async def release(self) -> bool:
        """Free those that waited in vain no longer; whether there were any."""
        waiting = (
            select(inbox.c.position, inbox.c.envelope)
            .where(inbox.c.consumer == self._consumer, inbox.c.state == literal_column("'pending'"))
            .where(inbox.c.remote == WAITS_FOR_EARLIER)
        )
        async with self._db.reading() as session:
            rows = (await session.execute(waiting)).all()
        needed = {row.position: self._needed(orjson.loads(row.envelope)) for row in rows}
        come = await self._seen(set().union(*needed.values()))
        free = [position for position, keys in needed.items() if keys <= come]
        if free:
            async with self._db.transaction() as uow:
                await uow.session.execute(update(inbox).where(inbox.c.position.in_(free)).values(remote=0))
        return bool(free)

    def _needed(self, message: Mapping[str, Any]) -> set[Key]:
        named = [each.partition("=") for each in str(message.get("after") or "").split(" ")]
        return {
            (message["source"], int(number)) for type_, _, number in named if type_ in self._types and number.isdigit()
        }

    async def _seen(self, keys: Collection[Key]) -> set[Key]:
        if not keys:
            return set()
        asked = select(seen.c.source, seen.c.number).where(
            seen.c.consumer == self._consumer, tuple_(seen.c.source, seen.c.number).in_(list(keys))
        )
        async with self._db.reading() as session:
            return {(source, number) for source, number in await session.execute(asked)}


def _key(message: Mapping[str, Any]) -> Key:
    return message["source"], message["number"]
