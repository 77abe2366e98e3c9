"""What all services together know of the event path, asked of each at the same time and put together here."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from harmonic_chassis import event_admin
from harmonic_chassis.errors import DependencyDown
from harmonic_contracts.event_path import Dead, Life, Said
from harmonic_gateway.routing.table import OWN, SERVICES

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

T = TypeVar("T")
PATIENCE_S = 10.0
_SAID, _DEAD, _LIFE = TypeAdapter(list[Said]), TypeAdapter(list[Dead]), TypeAdapter(Life)
_LAST_LINE = re.compile(r"[^\n]+\s*\Z")


@dataclass
class Answers:
    """What came, by service, and who did not answer."""

    by_service: dict[str, Any] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scope:
    """Whose messages may be shown: one organization's, or (None, to operators of the platform alone) all."""

    organization_id: str | None
    operator: bool = False

    def shown(self, error: str | None) -> str | None:
        """An error as the asker may see it: whole for an operator; else its last line alone."""
        found = _LAST_LINE.search(error or "")
        return error if self.operator or found is None else found[0].strip()[:500]


class Asking:
    """Asks every service in one scope."""

    def __init__(self, chassis: "Chassis", scope: Scope) -> None:
        self._chassis, self._scope = chassis, scope

    async def recent(self, after: str, limit: int) -> tuple[list[Said], list[str]]:
        """The messages after an id, of all services, oldest first; and who did not answer."""
        of = self._scope.organization_id

        async def own() -> list[Said]:
            async with self._chassis.db.reading() as session:
                return await event_admin.recent(session, OWN, organization_id=of, after=after, limit=limit)

        answers = await self._all("GET", f"/recent?after={after}&limit={limit}{self._query}", None, _SAID, own)
        found = sorted((each for part in answers.by_service.values() for each in part), key=lambda each: each.id)
        return found[:limit], answers.silent

    async def life(self, message_id: str) -> tuple[list[Life], Said | None, list[str]]:
        """What each service knows of a message, the message itself, and who did not answer."""
        first = await self._lives(message_id, None)
        origin = next((life.said for life in first.by_service.values() if life.said is not None), None)
        if origin is None:
            return [], None, first.silent
        second = await self._lives(message_id, origin)
        for life in second.by_service.values():
            for taken in life.taken:
                taken.error = self._scope.shown(taken.error)
        return list(second.by_service.values()), origin, second.silent

    async def dead(self, after: str | None, limit: int) -> tuple[list[Dead], list[str]]:
        """Dead letters of all services, in the order of their ids, and who did not answer."""
        of = self._scope.organization_id

        async def own() -> list[Dead]:
            async with self._chassis.db.reading() as session:
                return await event_admin.dead_letters(session, OWN, organization_id=of, after=after, limit=limit)

        further = f"&after={after}" if after else ""
        answers = await self._all("GET", f"/dead-letters?limit={limit}{further}{self._query}", None, _DEAD, own)
        found = sorted((each for part in answers.by_service.values() for each in part), key=lambda each: each.id)
        for each in found:
            each.error = self._scope.shown(each.error)
        return found[:limit], answers.silent

    async def replay(self, service: str, message_id: str) -> bool:
        """Replay a dead letter of a service; False where there is none in this scope. Raises DependencyDown."""
        body = {"message_id": message_id, "organization_id": self._scope.organization_id}
        if service == OWN:
            from harmonic_chassis.http import ProblemError
            from harmonic_chassis.http.event_admin import replay_one

            try:
                await replay_one(self._chassis, message_id, self._scope.organization_id)
            except ProblemError:
                return False
            return True
        answer = await self._chassis.peers.request(service, "POST", "/internal/event-admin/replay", json=body)
        if answer.status not in (202, 404):
            raise DependencyDown(service, f"it answers {answer.status}")
        return bool(answer.ok)

    @property
    def _query(self) -> str:
        return f"&organization_id={self._scope.organization_id}" if self._scope.organization_id else ""

    async def _lives(self, message_id: str, origin: Said | None) -> Answers:
        of = self._scope.organization_id
        told = None if origin is None else origin.model_dump(mode="json", exclude={"envelope"})
        body = {"message_id": message_id, "organization_id": of, "origin": told}

        async def own() -> Life:
            async with self._chassis.db.reading() as session:
                consumers = self._chassis.event_path.consumers
                return await event_admin.life(session, OWN, message_id, consumers, organization_id=of, origin=origin)

        return await self._all("POST", "/life", body, _LIFE, own)

    async def _all(
        self, method: str, path: str, body: Any, form: TypeAdapter[T], own: Callable[[], Awaitable[T]]
    ) -> Answers:
        answers = Answers()

        async def ask(service: str) -> None:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    answers.by_service[service] = await (
                        own() if service == OWN else self._peer(service, method, path, body, form)
                    )
            except (DependencyDown, TimeoutError, ValidationError):  # or it is of another release
                answers.silent.append(service)

        await asyncio.gather(*[ask(service) for service in (*SERVICES, OWN)])
        return answers

    async def _peer(self, service: str, method: str, path: str, body: Any, form: TypeAdapter[T]) -> T:
        answer = await self._chassis.peers.request(service, method, f"/internal/event-admin{path}", json=body)
        if not answer.ok:
            raise DependencyDown(service, f"it answers {answer.status}")
        return form.validate_json(answer.body)
