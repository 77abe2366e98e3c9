"""The documents of other services: read at pinned revisions, and cut to the content that a bundle carries."""

from dataclasses import dataclass
from typing import Any

from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.jobs import JobRefused
from harmonic_chassis.peers import PeerResponse, Peers
from harmonic_contracts import problems
from harmonic_contracts.problems import Problem

UNIVERSE_CONTENT = ("name", "description", "system", "spec", "environment", "scenes", "story_points")
"""What a universe is, whoever owns it and whoever may see it."""


@dataclass(frozen=True)
class Documents:
    """The peers' documents, on behalf of one user in one organization."""

    peers: Peers
    organization_id: str
    on_behalf_of: str | None

    async def universe(self, universe_id: str, revision: int) -> dict[str, Any]:
        """The content of a universe's revision. Raises JobRefused, DependencyDown."""
        view = await self._get("physics", f"/v1/universes/{universe_id}/revisions/{revision}")
        document = view["document"]
        return {name: document[name] for name in UNIVERSE_CONTENT}

    async def soundscape(self, soundscape_id: str, revision: int) -> dict[str, Any]:
        """The content of a soundscape's revision. Raises JobRefused, DependencyDown."""
        view = await self._get("audio", f"/v1/soundscapes/{soundscape_id}/revisions/{revision}")
        content = view["document"]
        assert isinstance(content, dict)
        return content

    async def call(
        self, service: str, method: str, path: str, json: Any = None, headers: dict[str, str] | None = None
    ) -> PeerResponse:
        """Any request, with these rights. Raises DependencyDown also where the peer answers with a fault of its own."""
        answer = await self.peers.request(
            service,
            method,
            path,
            organization_id=self.organization_id,
            on_behalf_of=self.on_behalf_of,
            json=json,
            headers=headers,
        )
        if answer.status >= 500 or answer.status in {401, 429}:
            raise DependencyDown(service, f"it answers {answer.status}")
        return answer

    async def _get(self, service: str, path: str) -> dict[str, Any]:
        answer = await self.call(service, "GET", path)
        if not answer.ok:
            raise JobRefused(problem_of(answer))
        view = answer.json()
        assert isinstance(view, dict)
        return view


def problem_of(answer: PeerResponse) -> Problem:
    """The problem document of a peer's refusal."""
    try:
        return Problem.model_validate(answer.json())
    except ValueError:
        return problems.UPSTREAM.document(f"A service answered {answer.status}")
