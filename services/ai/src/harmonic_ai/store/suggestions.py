"""The form in which a suggestion is stored and shown."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, JsonValue

from harmonic_ai.descriptors import Descriptors
from harmonic_ai.search.goals import GoalName
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.problems import Problem


class Change(Contract):
    """One number that the suggestion turns."""

    path: list[str] = Field(description="Where it is in the document")
    before: float
    after: float
    unit: str


class Found(Contract):
    """What the search found: the change, measured before and after on the real engine, and why it serves the goal."""

    document: Literal["universe", "soundscape"]
    document_id: Identifier
    base_revision: int
    changes: list[Change]
    before: Descriptors
    after: Descriptors
    gain: float = Field(description="Audible steps towards the goal, side effects taken off")
    reason: str
    trials: int


class SuggestionView(Contract):
    """A suggestion as the client sees it."""

    suggestion_id: Identifier
    operation_id: Identifier
    universe_id: Identifier
    organization_id: Identifier
    goal: GoalName
    state: Literal["searching", "found", "none", "applied", "undone"]
    created_at: datetime
    found: Found | None = None
    problem: Problem | None = None
    applied_revision: int | None = None
    undone_revision: int | None = None


def changed(document: dict[str, Any], changes: list[Change]) -> dict[str, JsonValue]:
    """The document with the changes made."""
    from harmonic_ai.search.knobs import write

    for change in changes:
        document = write(document, tuple(change.path), change.after)
    return document
