"""Universes, presets and soundscapes: the documents that one edits."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from harmonic_client.models import Preset, Soundscape, Universe
from harmonic_client.resources.listing import pages
from harmonic_client.session import Session

Document = Mapping[str, Any]


class Universes:
    """``/v1/universes``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(self, document: Document | None = None, *, preset: str | None = None) -> Universe:
        """A new universe: from a document, from a preset, or from a preset with changes of the document."""
        body = {**(document or {}), **({"preset": preset} if preset else {})}
        reply = await self._session.send("POST", "/v1/universes", json=body, once=True)
        return Universe.model_validate(reply.json())

    async def get(self, universe_id: str) -> Universe:
        """One universe."""
        return Universe.model_validate((await self._session.send("GET", f"/v1/universes/{universe_id}")).json())

    def list(self, search: str | None = None) -> AsyncIterator[Universe]:
        """The universes that the user may see, newest first."""
        return pages(self._session, "/v1/universes", Universe, {"q": search} if search else None)

    async def replace(self, universe_id: str, document: Document, *, revision: int) -> Universe:
        """The next revision. Raises Stale when the universe is not at `revision` any more."""
        reply = await self._session.send(
            "PUT", f"/v1/universes/{universe_id}", json=dict(document), headers=_if_match(revision)
        )
        return Universe.model_validate(reply.json())

    async def delete(self, universe_id: str) -> None:
        """Take a universe away, as it is now."""
        universe = await self.get(universe_id)
        await self._session.send("DELETE", f"/v1/universes/{universe_id}", headers=_if_match(universe.revision))


class Presets:
    """``/v1/presets``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def list(self) -> "list[Preset]":
        """Every preset."""
        return [each async for each in pages(self._session, "/v1/presets", Preset)]


class Soundscapes:
    """``/v1/soundscapes``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of_universe(self, universe_id: str) -> Soundscape | None:
        """The soundscape of a universe; none while the platform has not made it yet."""
        found = pages(self._session, "/v1/soundscapes", Soundscape, {"universe_id": universe_id})
        async for each in found:
            return each
        return None

    async def get(self, soundscape_id: str) -> Soundscape:
        """One soundscape."""
        return Soundscape.model_validate((await self._session.send("GET", f"/v1/soundscapes/{soundscape_id}")).json())

    async def replace(self, soundscape_id: str, document: Document, *, revision: int) -> Soundscape:
        """The next revision. Raises Stale when the soundscape is not at `revision` any more."""
        reply = await self._session.send(
            "PUT", f"/v1/soundscapes/{soundscape_id}", json=dict(document), headers=_if_match(revision)
        )
        return Soundscape.model_validate(reply.json())


def _if_match(revision: int) -> dict[str, str]:
    return {"If-Match": f'"{revision}"'}
