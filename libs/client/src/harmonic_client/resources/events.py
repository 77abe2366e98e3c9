"""``/v1/admin``: the event path for those who govern an organization, and for operators of the platform."""

import asyncio
from collections.abc import AsyncGenerator

from harmonic_client.session import Session
from harmonic_contracts.event_path import Dead, DeadLetters, MessageLife, RecentMessages, Said

LOOK_S = 0.5


class Events:
    """What the services say to each other, and what became of it. Of one organization (without it, the caller's own),
    or, by the operator's secret, of all."""

    def __init__(self, session: Session, *, organization_id: str | None = None, operator: str | None = None) -> None:
        self._session = session
        self._organization_id, self._operator = organization_id, operator

    def of(self, organization_id: str | None = None, *, operator: str | None = None) -> "Events":
        """The same, of an organization, or with the operator's secret."""
        return Events(self._session, organization_id=organization_id, operator=operator)

    async def recent(self, after: str | None = None, limit: int = 100) -> RecentMessages:
        """The messages after one, or the newest."""
        return RecentMessages.model_validate(await self._get("messages", after=after, limit=str(limit)))

    async def tail(self, after: str | None = None) -> AsyncGenerator[Said]:
        """Every message, the newest first looked back for, then as they are said, until the reader stops."""
        while True:
            page = await self.recent(after)
            for each in page.items:
                yield each
            after = page.next
            if not page.items:
                await asyncio.sleep(LOOK_S)

    async def explain(self, message_id: str) -> MessageLife:
        """One message's whole life. Raises NotFound."""
        return MessageLife.model_validate(await self._get("life", message_id=message_id))

    async def dead_letters(self) -> list[Dead]:
        """All dead letters."""
        found: list[Dead] = []
        after: str | None = None
        while True:
            page = DeadLetters.model_validate(await self._get("dead-letters", after=after, limit="200"))
            found += page.items
            after = page.next
            if after is None:
                return found

    async def replay(self, service: str, message_id: str) -> None:
        """Let a service handle a dead letter again. Raises NotFound."""
        order = {"service": service, "message_id": message_id}
        path = "/v1/admin/dead-letters/replay"
        await self._session.send("POST", path, json=order, params=self._scope(), headers=self._headers(), once=True)

    async def _get(self, what: str, **params: str | None) -> object:
        given = {name: value for name, value in params.items() if value is not None}
        headers = self._headers()
        reply = await self._session.send("GET", f"/v1/admin/{what}", params={**given, **self._scope()}, headers=headers)
        return reply.json()

    def _scope(self) -> dict[str, str]:
        return {"organization_id": self._organization_id} if self._organization_id else {}

    def _headers(self) -> dict[str, str]:
        return {"Harmonic-Operator": self._operator} if self._operator else {}
