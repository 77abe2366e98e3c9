"""What the gateway asks of physics and audio to pin a performance: the universe and its soundscape."""

from typing import Any

from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.http import ProblemError, refused
from harmonic_chassis.peers import PeerResponse, Peers
from harmonic_contracts import problems
from harmonic_contracts.problems import Problem, ProblemType
from harmonic_gateway.saga.state import Performance, Pin


async def universe_of(peers: Peers, universe_id: str, bearer: str) -> dict[str, Any]:
    """The universe as the caller may see it. Raises ProblemError, 404 for one that the caller may not see."""
    answer = await _as_caller(peers, "physics", f"/v1/universes/{universe_id}", bearer)
    if not answer.ok:
        raise _passed_on(answer, "physics")
    return dict(answer.json())


async def soundscape_of(peers: Peers, universe_id: str, bearer: str) -> Pin | None:
    """The universe's soundscape as the caller may see it; None while it has none."""
    answer = await _as_caller(peers, "audio", f"/v1/soundscapes?universe_id={universe_id}", bearer)
    if not answer.ok:
        raise _passed_on(answer, "audio")
    return _first(answer)


async def find_soundscape(peers: Peers, performance: Performance) -> Pin | None:
    """The soundscape that a performance waits for, asked in its user's name. Raises DependencyDown."""
    answer = await peers.request(
        "audio",
        "GET",
        f"/v1/soundscapes?universe_id={performance.universe.id}",
        organization_id=performance.organization_id,
        on_behalf_of=performance.actor_id,
    )
    return _first(answer) if answer.ok else None


def pinned_revision(universe: dict[str, Any], wanted: int | None) -> int:
    """The revision to perform: the newest unless another was asked for. Raises 422 for one that is not there yet."""
    newest = int(universe["revision"])
    if wanted is not None and wanted > newest:
        raise refused("body.revision", "the universe has no such revision", f"1 to {newest}")
    return wanted or newest


async def _as_caller(peers: Peers, service: str, path: str, bearer: str) -> PeerResponse:
    try:
        return await peers.request(service, "GET", path, headers={"authorization": f"Bearer {bearer}"}, anonymous=True)
    except DependencyDown as error:
        raise ProblemError(
            problems.UPSTREAM, detail=f"The {service} service could not be reached. Try again."
        ) from error


def _first(answer: PeerResponse) -> Pin | None:
    items = answer.json()["items"]
    return Pin(id=items[0]["soundscape_id"], revision=items[0]["revision"]) if items else None


def _passed_on(answer: PeerResponse, service: str) -> ProblemError:
    """The service's own problem, with its status; what is no problem document is a fault of the service."""
    try:
        problem = Problem.model_validate(answer.json())
    except ValueError:
        return ProblemError(problems.UPSTREAM, detail=f"The {service} service answered {answer.status}.")
    slug = problem.type.removeprefix(problems.BASE)
    return ProblemError(ProblemType(slug, problem.status, problem.title), detail=problem.detail, errors=problem.errors)
