"""The real engine, asked through the bounded probes of physics and audio: what would this universe sound like?"""

import base64
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from harmonic_ai.descriptors import Descriptor, Descriptors
from harmonic_chassis.peers import PeerResponse, Peers
from harmonic_contracts import problems
from harmonic_contracts.problems import Problem
from harmonic_contracts.score import Score


class ProbeRefused(Exception):
    """The engine cannot answer this: the candidate is no universe or no soundscape, or costs too much."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem


class Piece(BaseModel):
    """A universe and its soundscape at pinned revisions: what a suggestion starts from."""

    model_config = ConfigDict(frozen=True)

    universe_id: str
    universe_revision: int
    universe: dict[str, Any]
    soundscape_id: str
    soundscape_revision: int
    soundscape: dict[str, Any]


@dataclass(frozen=True)
class Engine:
    """The peers, on behalf of one user in one organization."""

    peers: Peers
    organization_id: str
    on_behalf_of: str | None

    async def piece(self, universe_id: str) -> Piece:
        """The universe and its soundscape as they are now. Raises ProbeRefused."""
        universe = await self.read("physics", f"/v1/universes/{universe_id}")
        found = await self.read("audio", f"/v1/soundscapes?universe_id={universe_id}")
        if not found["items"]:
            raise ProbeRefused(problems.NOT_FOUND.document("The universe has no soundscape yet: try again in a moment"))
        soundscape = await self.read("audio", f"/v1/soundscapes/{found['items'][0]['soundscape_id']}")
        return Piece(
            universe_id=universe_id,
            universe_revision=universe["revision"],
            universe=universe,
            soundscape_id=soundscape["soundscape_id"],
            soundscape_revision=soundscape["revision"],
            soundscape=soundscape["document"],
        )

    async def simulate(self, universe: dict[str, Any]) -> bytes:
        """The trajectory file of a universe. Raises ProbeRefused."""
        body = {name: universe[name] for name in ("system", "spec", "environment")}
        answer = await self._call("physics", "POST", "/internal/probe", {**body, "seed": 0})
        return answer.body

    async def listen(self, soundscape: dict[str, Any], trajectory: bytes) -> Descriptors:
        """What a trajectory sounds like through a soundscape. Raises ProbeRefused."""
        body = {"soundscape": soundscape, "trajectory_base64": base64.b64encode(trajectory).decode()}
        answer = await self._call("audio", "POST", "/internal/probe", body)
        return _described(Score.model_validate(answer.json()["score"]), soundscape)

    async def read(self, service: str, path: str) -> dict[str, Any]:
        """A JSON document of a peer. Raises ProbeRefused."""
        answer = (await self._call(service, "GET", path, None)).json()
        assert isinstance(answer, dict)
        return answer

    async def _call(self, service: str, method: str, path: str, json: dict[str, Any] | None) -> PeerResponse:
        answer = await self.peers.request(
            service, method, path, organization_id=self.organization_id, on_behalf_of=self.on_behalf_of, json=json
        )
        if answer.status >= 400:
            raise ProbeRefused(problem_of(answer))
        return answer


def problem_of(answer: PeerResponse) -> Problem:
    """The problem document of a peer's refusal."""
    try:
        return Problem.model_validate(answer.json())
    except ValueError:
        return problems.UPSTREAM.document(f"A service answered {answer.status}")


def _described(score: Score, soundscape: dict[str, Any]) -> Descriptors:
    """The score's descriptors; a master is brought to its target, so that is how loud it will be."""
    from harmonic_ai.descriptors.score import describe_score

    described = describe_score(score)
    target = soundscape.get("mix", {}).get("target_lufs")
    if target is None:
        return described
    return described.model_copy(update={"loudness": Descriptor(value=target, unit="LUFS", confidence=0.9)})
