"""Suggestions: ask for one, read it, apply it, take it back."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_ai.api.access import editable, passed_on, readable
from harmonic_ai.applying import Revision, apply_change, take_back
from harmonic_ai.engine import Engine, ProbeRefused
from harmonic_ai.search.goals import GoalName
from harmonic_ai.store import universes
from harmonic_ai.store.suggestions import Found, SuggestionView
from harmonic_ai.store.tables import AppliedRow, SuggestionRow
from harmonic_ai.suggesting import Scope, SuggestPayload, facts_of
from harmonic_chassis.http import (
    Caller,
    CallerDep,
    ChassisDep,
    CursorDep,
    Page,
    ProblemError,
    ReadingDep,
    Reply,
    WriteDep,
    problems,
)
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.messages.ai import SuggestionApplied, SuggestionUndone
from harmonic_contracts.problems import Problem

router = APIRouter(prefix="/v1/suggestions", tags=["suggestions"])
SuggestionId = Annotated[Identifier, Path()]


class SuggestionRequest(Contract):
    """What the universe should become."""

    universe_id: Identifier
    goal: GoalName
    scope: Scope = Field(default="any", description="Which document may be changed")


def _view(row: SuggestionRow, applied: AppliedRow | None = None) -> SuggestionView:
    return SuggestionView.model_validate(
        {
            "suggestion_id": row.suggestion_id,
            "operation_id": row.suggestion_id,
            "universe_id": row.universe_id,
            "organization_id": row.organization_id,
            "goal": row.goal,
            "state": row.state,
            "created_at": row.created_at,
            "found": Found.model_validate(row.found) if row.found else None,
            "problem": Problem.model_validate(row.problem) if row.problem else None,
            "applied_revision": applied.revision_applied if applied else None,
            "undone_revision": applied.revision_undone if applied else None,
        }
    )


@router.post("", status_code=202, response_model=SuggestionView)
async def ask_for_suggestion(body: SuggestionRequest, caller: CallerDep, write: WriteDep) -> Response:
    """Search for a change that makes the universe calmer, more energetic or more consonant."""

    async def change(uow: UnitOfWork) -> Reply:
        universe = await editable(uow.session, caller, body.universe_id)
        row = SuggestionRow(
            suggestion_id=new_id(),
            universe_id=body.universe_id,
            organization_id=universe.organization_id,
            actor_id=caller.user_id,
            goal=body.goal,
            state="searching",
            created_at=uow.clock.now(),
        )
        uow.session.add(row)
        payload = SuggestPayload(universe_id=body.universe_id, goal=body.goal, scope=body.scope)
        owned = uow.owned_by(universe.owner_id)
        await owned.submit("ai.suggest", payload, organization_id=universe.organization_id, job_id=row.suggestion_id)
        return Reply(202, _view(row), {"Location": f"/v1/operations/{row.suggestion_id}"})

    return await write(change)


@router.get("")
async def list_suggestions(
    caller: CallerDep, session: ReadingDep, cursor: CursorDep, universe_id: Annotated[Identifier, Query()]
) -> Page[SuggestionView]:
    """Suggestions for a universe, newest first."""
    await readable(session, caller, universe_id)
    statement = select(SuggestionRow).where(SuggestionRow.universe_id == universe_id)
    rows = (await session.scalars(cursor.select(statement, SuggestionRow.suggestion_id))).all()
    return cursor.page(rows, _view, lambda row: (row.suggestion_id,))


@router.get("/{suggestion_id}")
async def read_suggestion(caller: CallerDep, session: ReadingDep, suggestion_id: SuggestionId) -> SuggestionView:
    """A suggestion with its change, the descriptors before and after, and the reason."""
    row, applied = await _find(session, caller, suggestion_id, editing=False)
    return _view(row, applied)


@router.post("/{suggestion_id}/apply", response_model=SuggestionView)
async def apply_suggestion(
    caller: CallerDep, chassis: ChassisDep, write: WriteDep, suggestion_id: SuggestionId
) -> Response:
    """Make the change a new revision of its document. Once applied, applying again changes nothing; once taken back,
    it is measured against what is no more: 409."""
    async with chassis.db.reading() as session:
        row, applied = await _find(session, caller, suggestion_id, editing=True)
        found = _ready(row)
    if applied is not None and applied.undone:
        raise ProblemError(problems.CONFLICT, detail="The suggestion was taken back: ask for a new one")
    revision = None if applied else await _remote(apply_change(_engine(chassis, row, caller), suggestion_id, found))

    async def change(uow: UnitOfWork) -> Reply:
        row, applied = await _find(uow.session, caller, suggestion_id, editing=True, for_change=True)
        if applied is None and revision is not None:
            applied = AppliedRow(
                suggestion_id=suggestion_id,
                revision_before=found.base_revision,
                revision_applied=revision.number,
                undone=False,
            )
            uow.session.add(applied)
            row.state = "applied"
            said = SuggestionApplied(**facts_of(row), document=found.document, revision=revision.number)
            owned = await universes.owned(uow, row.universe_id)
            owned.emit(said, organization_id=row.organization_id)
        return Reply(200, _view(row, applied))

    return await write(change)


@router.post("/{suggestion_id}/undo", response_model=SuggestionView)
async def undo_suggestion(
    caller: CallerDep, chassis: ChassisDep, write: WriteDep, suggestion_id: SuggestionId
) -> Response:
    """Make the document as it was before the suggestion, by another revision."""
    async with chassis.db.reading() as session:
        row, applied = await _find(session, caller, suggestion_id, editing=True)
        found = _ready(row)
    if applied is None:
        raise ProblemError(problems.CONFLICT, detail="The suggestion was not applied, so there is nothing to undo")
    done = applied.undone
    engine = _engine(chassis, row, caller)
    revision = None if done else await _remote(take_back(engine, suggestion_id, found, applied.revision_applied))

    async def change(uow: UnitOfWork) -> Reply:
        row, applied = await _find(uow.session, caller, suggestion_id, editing=True, for_change=True)
        if applied is not None and not applied.undone and revision is not None:
            applied.undone, applied.revision_undone, row.state = True, revision.number, "undone"
            said = SuggestionUndone(**facts_of(row), document=found.document, revision=revision.number)
            owned = await universes.owned(uow, row.universe_id)
            owned.emit(said, organization_id=row.organization_id)
        return Reply(200, _view(row, applied))

    return await write(change)


async def _find(
    session: AsyncSession, caller: Caller, suggestion_id: str, *, editing: bool, for_change: bool = False
) -> tuple[SuggestionRow, AppliedRow | None]:
    row = await session.get(SuggestionRow, suggestion_id, with_for_update=for_change or None)
    if row is None:
        raise ProblemError(problems.NOT_FOUND)
    await (editable if editing else readable)(session, caller, row.universe_id)
    return row, await session.get(AppliedRow, suggestion_id)


def _ready(row: SuggestionRow) -> Found:
    if row.found is None:
        why = "is still being searched for" if row.state == "searching" else "was not found"
        raise ProblemError(problems.CONFLICT, detail=f"The suggestion {why}")
    return Found.model_validate(row.found)


def _engine(chassis: ChassisDep, row: SuggestionRow, caller: Caller) -> Engine:
    return Engine(chassis.peers, row.organization_id, caller.user_id)


async def _remote(revision: Any) -> Revision:
    """The new revision, with the refusal of the document's owner passed on."""
    try:
        made: Revision = await revision
    except ProbeRefused as refused:
        raise passed_on(refused.problem) from refused
    return made
