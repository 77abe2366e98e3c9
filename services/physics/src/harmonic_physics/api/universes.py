"""Universes: create, read, list and search, replace, delete, duplicate, revisions."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from harmonic_chassis.http import (
    Caller,
    CallerDep,
    CursorDep,
    Page,
    ProblemError,
    ReadingDep,
    Reply,
    WriteDep,
    etag,
    not_modified,
    problems,
    require_match,
)
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.roles import Visibility
from harmonic_physics.api import rights, views
from harmonic_physics.api.views import RevisionSummary, RevisionView, UniverseSummary, UniverseView
from harmonic_physics.engine.system import Refused
from harmonic_physics.store import universes
from harmonic_physics.store.tables import Revision, Universe
from harmonic_physics.universes.document import Parts, UniverseDocument, compose

router = APIRouter(prefix="/v1/universes", tags=["universes"])


class UniverseInput(Parts):
    """A universe as the client gives it: a preset with changes, or a system with its spec."""

    project_id: Identifier | None = Field(default=None, description="Without it, your own first project")


class DuplicateInput(Contract):
    """What the copy has of its own."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    project_id: Identifier | None = None
    visibility: Visibility = Visibility.PRIVATE
    revision: int | None = Field(default=None, ge=1, lt=2**31, description="Without it, the newest")


def _composed(parts: Parts) -> UniverseDocument:
    try:
        return compose(parts)
    except Refused as error:
        raise rights.refusal(error) from None


def _shown(status: int, universe: Universe, document: UniverseDocument) -> Reply:
    headers = {"ETag": etag(universe.revision), "Location": f"/v1/universes/{universe.universe_id}"}
    return Reply(status, views.whole(universe, document), headers)


@router.post("", status_code=201, response_model=UniverseView)
async def create_universe(body: UniverseInput, caller: CallerDep, write: WriteDep) -> Response:
    """Make a universe in a project in which you are an editor."""
    document = _composed(body)

    async def change(uow: UnitOfWork) -> Reply:
        return _shown(201, await _create(uow, caller, document, body.project_id), document)

    return await write(change)


async def _create(uow: UnitOfWork, caller: Caller, document: UniverseDocument, project_id: str | None) -> Universe:
    chosen = project_id or caller.project_id
    organization_id = await caller.require_project(uow.session, chosen)
    return await universes.create(
        uow, document, organization_id=organization_id, project_id=chosen, user_id=caller.user_id
    )


@router.get("")
async def list_universes(
    caller: CallerDep,
    session: ReadingDep,
    cursor: CursorDep,
    q: Annotated[str | None, Query(max_length=120, description="Part of the name")] = None,
    system: Annotated[str | None, Query(max_length=60)] = None,
    organization_id: Annotated[str | None, Query(max_length=36)] = None,
    project_id: Annotated[str | None, Query(max_length=36)] = None,
    public: Annotated[bool, Query(description="Those that everybody may read, instead of your own")] = False,
) -> Page[UniverseSummary]:
    """The universes that you may read, newest first."""
    statement = universes.visible(await caller.reader(session))
    if public:
        statement = select(Universe).where(Universe.visibility == Visibility.PUBLIC.value)
    filters = {
        Universe.system: system,
        Universe.organization_id: organization_id,
        Universe.project_id: project_id,
    }
    for column, value in filters.items():
        if value is not None:
            statement = statement.where(column == value)
    if q:
        statement = statement.where(Universe.name.icontains(q, autoescape=True))
    rows = (await session.scalars(cursor.select(statement, Universe.created_at, Universe.universe_id))).all()
    return cursor.page(rows, views.summary, lambda row: (row.created_at, row.universe_id))


@router.get("/{universe_id}", response_model=UniverseView)
async def read_universe(universe_id: str, request: Request, caller: CallerDep, session: ReadingDep) -> Response:
    """A universe with its current document. The ETag is its revision."""
    universe = await rights.readable_universe(session, caller, universe_id)
    tag = etag(universe.revision)
    if not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    document = await universes.document(session, universe_id, universe.revision)
    assert document is not None
    return _shown(200, universe, document).response()


@router.put("/{universe_id}", response_model=UniverseView)
async def replace_universe(
    universe_id: str, body: Parts, request: Request, caller: CallerDep, write: WriteDep
) -> Response:
    """Write a new revision over the one that If-Match names."""
    document = _composed(body)

    async def change(uow: UnitOfWork) -> Reply:
        universe = await rights.changeable_universe(uow.session, caller, universe_id)
        require_match(request, universe.revision)
        same_preset = document.preset or (universe.preset if document.system == universe.system else None)
        kept = document.model_copy(update={"preset": same_preset})
        await universes.revise(uow, universe, kept, caller.user_id)
        return _shown(200, universe, kept)

    return await write(change)


@router.delete("/{universe_id}", status_code=204)
async def delete_universe(universe_id: str, request: Request, caller: CallerDep, write: WriteDep) -> Response:
    """Remove a universe with its revisions and simulations. If-Match is heeded where it is sent."""

    async def change(uow: UnitOfWork) -> Reply:
        universe = await rights.changeable_universe(uow.session, caller, universe_id)
        if rights.matches_if_given(request):
            require_match(request, universe.revision)
        await universes.remove(uow, universe)
        return Reply(204)

    return await write(change)


@router.post("/{universe_id}/duplicate", status_code=201, response_model=UniverseView)
async def duplicate_universe(universe_id: str, body: DuplicateInput, caller: CallerDep, write: WriteDep) -> Response:
    """Copy a universe that you may read into a project of yours."""

    async def change(uow: UnitOfWork) -> Reply:
        source = await rights.readable_universe(uow.session, caller, universe_id)
        document = await universes.document(uow.session, universe_id, body.revision or source.revision)
        if document is None:
            raise ProblemError(problems.NOT_FOUND, detail=f"The universe has no revision {body.revision}")
        name = body.name or f"{document.name[:110]} (copy)"
        copy = document.model_copy(update={"name": name, "visibility": body.visibility})
        return _shown(201, await _create(uow, caller, copy, body.project_id), copy)

    return await write(change)


@router.get("/{universe_id}/revisions")
async def list_revisions(
    universe_id: str, caller: CallerDep, session: ReadingDep, cursor: CursorDep
) -> Page[RevisionSummary]:
    """All revisions, newest first."""
    await rights.readable_universe(session, caller, universe_id)
    statement = cursor.select(select(Revision).where(Revision.universe_id == universe_id), Revision.revision)
    rows = (await session.scalars(statement)).all()
    return cursor.page(rows, views.revision_summary, lambda row: (row.revision,))


@router.get("/{universe_id}/revisions/{revision}")
async def read_revision(universe_id: str, revision: int, caller: CallerDep, session: ReadingDep) -> RevisionView:
    """One revision as it was written."""
    await rights.readable_universe(session, caller, universe_id)
    row = await session.get(Revision, (universe_id, revision)) if 0 < revision < 2**31 else None
    if row is None:
        raise ProblemError(problems.NOT_FOUND, detail=f"The universe has no revision {revision}")
    return views.revision_whole(row)
