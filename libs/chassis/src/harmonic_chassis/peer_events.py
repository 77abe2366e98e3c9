"""The event logs of the other services, read by their ``/internal/events``; a service's own log, from its database."""

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote

from harmonic_chassis import event_log
from harmonic_chassis.database import Database
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.event_log import EventPage, page_from_json


class _Answer(Protocol):
    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...


class _Peers(Protocol):
    async def request(self, service: str, method: str, path: str, /) -> Any: ...


class PeerEvents:
    """An EventSource over the chassis' peers."""

    def __init__(self, peers: _Peers, own: Database) -> None:
        self._peers = peers
        self._own = own

    async def read(self, source: str, *, after: int, patterns: Sequence[str], limit: int) -> EventPage:
        if source == self._own.service:
            async with self._own.reading() as session:
                return await event_log.read(session, after=after, patterns=patterns, limit=limit)
        path = f"/internal/events?after={after}&types={quote(','.join(patterns), safe=',')}&limit={limit}"
        answer: _Answer = await self._peers.request(source, "GET", path)
        if answer.status != 200:
            raise DependencyDown(source, f"it answers {answer.status} for its event log")
        return page_from_json(answer.body)
