"""Applying a suggestion and taking it back: a new revision each, through the public API of the document's owner.

Each write carries If-Match and an idempotency key of the suggestion's own, so that a crash between the write and our
own commit is healed by the retry: the owner answers with the same revision.
"""

from dataclasses import dataclass
from typing import Any

from harmonic_ai.engine import Engine, ProbeRefused, problem_of
from harmonic_ai.store.suggestions import Found, changed
from harmonic_contracts import problems

UNIVERSE_FIELDS = ("name", "description", "system", "spec", "environment", "visibility", "scenes", "story_points")


@dataclass(frozen=True)
class Revision:
    """The revision that a write made."""

    number: int


async def apply_change(engine: Engine, suggestion_id: str, found: Found) -> Revision:
    """Make the change. Raises ProbeRefused when the document is no more what was measured."""
    base = await _content(engine, found, found.base_revision)
    return await _replace(engine, found, changed(base, found.changes), found.base_revision, f"{suggestion_id}-apply")


async def take_back(engine: Engine, suggestion_id: str, found: Found, applied_revision: int) -> Revision:
    """Make the document what it was. Raises ProbeRefused when it was changed since the suggestion was applied."""
    before = await _content(engine, found, found.base_revision)
    return await _replace(engine, found, before, applied_revision, f"{suggestion_id}-undo")


async def _content(engine: Engine, found: Found, revision: int) -> dict[str, Any]:
    """What a PUT of that revision would carry."""
    service, path = _place(found)
    document = (await engine.read(service, f"{path}/revisions/{revision}"))["document"]
    assert isinstance(document, dict)
    if service == "audio":
        return document
    return {name: document[name] for name in UNIVERSE_FIELDS if name in document}


async def _replace(engine: Engine, found: Found, content: dict[str, Any], expected: int, key: str) -> Revision:
    service, path = _place(found)
    answer = await engine.peers.request(
        service,
        "PUT",
        path,
        organization_id=engine.organization_id,
        on_behalf_of=engine.on_behalf_of,
        json=content,
        headers={"If-Match": f'"{expected}"', "Idempotency-Key": key},
    )
    if answer.status == problems.STALE.status:
        detail = f"The {found.document} was changed since: ask for a new suggestion"
        raise ProbeRefused(problems.CONFLICT.document(detail))
    if answer.status >= 400:
        raise ProbeRefused(problem_of(answer))
    return Revision(int(answer.json()["revision"]))


def _place(found: Found) -> tuple[str, str]:
    if found.document == "universe":
        return "physics", f"/v1/universes/{found.document_id}"
    return "audio", f"/v1/soundscapes/{found.document_id}"
