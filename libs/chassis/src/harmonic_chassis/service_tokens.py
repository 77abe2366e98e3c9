"""Tokens with which a service calls another: asked of organization by client credentials, kept while they are good."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

MARGIN_S = 15.0
MAX_KEPT = 4096

Key = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class _Kept:
    token: str
    until: float


class ServiceTokens:
    """One token for each (audience, organization, on behalf of). Concurrent askers share one request."""

    def __init__(self, ask: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]], service: str, secret: str) -> None:
        self._ask = ask
        self._service = service
        self._secret = secret
        self._kept: dict[Key, _Kept] = {}
        self._asking: dict[Key, asyncio.Task[_Kept]] = {}

    async def token(self, audience: str, organization_id: str | None, on_behalf_of: str | None) -> str:
        """A token that is good for a while. Raises DependencyDown when organization does not give one."""
        key = (audience, organization_id, on_behalf_of)
        kept = self._kept.get(key)
        if kept is not None and kept.until > time.monotonic():
            return kept.token
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._fetch(key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return (await asyncio.shield(task)).token

    def forget(self, audience: str, organization_id: str | None, on_behalf_of: str | None) -> None:
        """Ask anew the next time: the addressee refused this token."""
        self._kept.pop((audience, organization_id, on_behalf_of), None)

    async def _fetch(self, key: Key) -> _Kept:
        audience, organization_id, on_behalf_of = key
        answer = await self._ask(
            {
                "service": self._service,
                "secret": self._secret,
                "audience": audience,
                "organization_id": organization_id,
                "on_behalf_of": on_behalf_of,
            }
        )
        kept = _Kept(answer["token"], time.monotonic() + max(0.0, float(answer["expires_in"]) - MARGIN_S))
        while len(self._kept) >= MAX_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = kept
        return kept
