"""Work to be begun: performances, exports and suggestions. Each gives an operation to watch."""

from collections.abc import AsyncIterator, Sequence

from harmonic_client.models import Export, Performance, Suggestion
from harmonic_client.resources.listing import pages
from harmonic_client.session import Session


class Performances:
    """``/v1/performances``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(
        self, universe_id: str, *, seed: int | None = None, formats: Sequence[str] | None = None
    ) -> Performance:
        """Simulate, render and export a universe, as one operation."""
        body = {"universe_id": universe_id, "seed": seed, "formats": list(formats) if formats else None}
        given = {name: value for name, value in body.items() if value is not None}
        reply = await self._session.send("POST", "/v1/performances", json=given, once=True)
        return Performance.model_validate(reply.json())

    async def get(self, performance_id: str) -> Performance:
        """One performance."""
        reply = await self._session.send("GET", f"/v1/performances/{performance_id}")
        return Performance.model_validate(reply.json())


class Exports:
    """``/v1/exports``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(self, rendering_id: str, *, formats: Sequence[str] | None = None) -> Export:
        """Package a finished rendering in these formats; without any, in all."""
        body: dict[str, object] = {"rendering_id": rendering_id}
        reply = await self._session.send(
            "POST", "/v1/exports", json=body | ({"formats": list(formats)} if formats else {}), once=True
        )
        return Export.model_validate(reply.json())

    async def get(self, export_id: str) -> Export:
        """One export."""
        return Export.model_validate((await self._session.send("GET", f"/v1/exports/{export_id}")).json())


class Suggestions:
    """``/v1/suggestions``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(self, universe_id: str, goal: str) -> Suggestion:
        """Search for a change that makes a universe calmer, more energetic or more consonant."""
        body = {"universe_id": universe_id, "goal": goal}
        reply = await self._session.send("POST", "/v1/suggestions", json=body, once=True)
        return Suggestion.model_validate(reply.json())

    async def get(self, suggestion_id: str) -> Suggestion:
        """One suggestion, with its evidence once the search has ended."""
        reply = await self._session.send("GET", f"/v1/suggestions/{suggestion_id}")
        return Suggestion.model_validate(reply.json())

    def of_universe(self, universe_id: str) -> AsyncIterator[Suggestion]:
        """The suggestions for a universe, newest first."""
        return pages(self._session, "/v1/suggestions", Suggestion, {"universe_id": universe_id})

    async def apply(self, suggestion_id: str) -> Suggestion:
        """Make the change a new revision."""
        return await self._do(suggestion_id, "apply")

    async def undo(self, suggestion_id: str) -> Suggestion:
        """Go back to what was before."""
        return await self._do(suggestion_id, "undo")

    async def _do(self, suggestion_id: str, what: str) -> Suggestion:
        reply = await self._session.send("POST", f"/v1/suggestions/{suggestion_id}/{what}", once=True)
        return Suggestion.model_validate(reply.json())
