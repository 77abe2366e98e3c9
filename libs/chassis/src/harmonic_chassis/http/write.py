"""Writes: one transaction with the reply stored under the client's Idempotency-Key, so that a retry changes nothing.

The key's row is inserted first, in the transaction of the change: a concurrent duplicate waits for it, finds the stored
reply and replays it. A change that is refused rolls the row back with everything else, so the key stays free.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import Depends, Request
from pydantic import BaseModel
from sqlalchemy import Row, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from harmonic_chassis.context import MessageContext, current
from harmonic_chassis.dialects import insert
from harmonic_chassis.dialects.locks import gave_up_waiting, limit_lock_wait
from harmonic_chassis.http.caller import CallerDep
from harmonic_chassis.http.problem_documents import ProblemError, refused
from harmonic_chassis.points import reach
from harmonic_chassis.tables.edge import idempotency
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

WAIT_S = 5.0
MAX_KEY = 200


@dataclass(frozen=True)
class Reply:
    """The answer to a write. `body` is a model, JSON values, bytes, or None for none."""

    status: int
    body: BaseModel | Mapping[str, Any] | list[Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    shown_once: bool = False
    """The body holds a secret: it is not stored, and a retry learns only that the change was made."""

    def encoded(self) -> bytes:
        """The bytes of the body."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        if isinstance(self.body, BaseModel):
            return self.body.model_dump_json().encode()
        return orjson.dumps(self.body, default=_plain)

    def response(self) -> Response:
        """The response to send."""
        body = self.encoded()
        return Response(body, self.status, dict(self.headers), media_type=self.media_type if body else None)


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")


Change = Callable[[UnitOfWork], Awaitable[Reply]]
Write = Callable[[Change], Awaitable[Response]]


@dataclass(frozen=True)
class _Key:
    caller: str
    key: str
    digest: str


@dataclass
class _Gate:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class KeyGate:
    """Lets one request of a key through at a time in this process; the others wait, but not for ever."""

    def __init__(self) -> None:
        self._gates: dict[tuple[str, str], _Gate] = {}

    @asynccontextmanager
    async def hold(self, caller: str, key: str) -> AsyncIterator[bool]:
        """Hold the key, or raise 409 after the wait. Gives whether there was one: then the reply may be stored."""
        gate = self._gates.setdefault((caller, key), _Gate())
        gate.users += 1
        try:
            waits = gate.lock.locked()
            await _acquire(gate.lock)
            try:
                yield waits
            finally:
                gate.lock.release()
        finally:
            gate.users -= 1
            if not gate.users:
                del self._gates[(caller, key)]


async def _acquire(lock: asyncio.Lock) -> None:
    try:
        async with asyncio.timeout(WAIT_S):
            await lock.acquire()
    except TimeoutError:
        raise _still_running() from None


def _still_running() -> ProblemError:
    detail = "A request with this Idempotency-Key is still at work"
    return ProblemError(problems.CONFLICT, detail=detail, headers={"Retry-After": "2"})


async def _write(request: Request, caller: CallerDep) -> Write:
    return writer(request, caller.identity, caller.organization_id or None, caller.user_id)


async def _open_write(request: Request) -> Write:
    address = request.client.host if request.client else "nobody"
    return writer(request, f"anonymous/{address}", None, None)


WriteDep = Annotated[Write, Depends(_write)]
OpenWriteDep = Annotated[Write, Depends(_open_write)]
"""For the few writes without a caller, such as register and login."""


def writer(request: Request, identity: str, organization_id: str | None, actor_id: str | None) -> Write:
    """`write(change)`: run the change in one transaction and answer with its reply, or replay the one it had."""
    chassis: Chassis = request.app.state.chassis
    context = replace(current(), organization_id=organization_id, actor_id=actor_id)

    async def write(change: Change) -> Response:
        key = await _key_of(request, identity)
        if key is None:
            async with chassis.db.transaction(context) as uow:
                reply = await change(uow)
                reach("business.before_commit")
            reach("business.committed")
            return reply.response()
        async with chassis.key_gate.hold(key.caller, key.key) as waited:
            if waited and (stored := await _stored(chassis, key)) is not None:
                return stored
            return await _write_once(chassis, context, key, change)

    return write


async def _stored(chassis: "Chassis", key: _Key) -> Response | None:
    """The reply that a duplicate waited for, without a transaction that writes: duplicates may come by the thousand."""
    async with chassis.db.reading() as session:
        row = await _find(session, key)
    return None if row is None else _replay(row, key)


async def _write_once(chassis: "Chassis", context: MessageContext, key: _Key, change: Change) -> Response:
    async with chassis.db.transaction(context) as uow:
        if not await _claim(uow, key):
            row = await _find(uow.session, key)
            if row is None:
                raise _still_running()
            return _replay(row, key)
        reply = await change(uow)
        body = reply.encoded()
        await uow.session.execute(
            update(idempotency)
            .where(idempotency.c.caller == key.caller, idempotency.c.key == key.key)
            .values(status=reply.status, headers=_stored_headers(reply), body=None if reply.shown_once else body)
        )
        reach("business.before_commit")
    reach("business.committed")
    return reply.response()


def _stored_headers(reply: Reply) -> dict[str, str]:
    return {**reply.headers, "content-type": reply.media_type}


async def _claim(uow: UnitOfWork, key: _Key) -> bool:
    """Insert the key's row; False when it is there already. Waits for a transaction that is inserting it."""
    row = {"caller": key.caller, "key": key.key, "digest": key.digest, "created_at": uow.clock.now()}
    statement = insert(uow.session, idempotency).values(**row).on_conflict_do_nothing()
    await limit_lock_wait(uow.session, WAIT_S)
    try:
        inserted = await uow.session.execute(statement.returning(idempotency.c.key))
    except DBAPIError as error:
        if gave_up_waiting(error):
            raise _still_running() from None
        raise
    await limit_lock_wait(uow.session, 0)
    return inserted.first() is not None


async def _find(session: AsyncSession, key: _Key) -> Row[Any] | None:
    columns = idempotency.c
    found = await session.execute(select(idempotency).where(columns.caller == key.caller, columns.key == key.key))
    return found.one_or_none()


def _replay(row: Row[Any], key: _Key) -> Response:
    if row.digest != key.digest:
        raise ProblemError(problems.KEY_REUSED, detail="Use a new Idempotency-Key for another request")
    if row.body is None:
        raise ProblemError(problems.CONFLICT, detail="This was done already, and its secret is shown only once")
    return Response(row.body, row.status, {**row.headers, "Idempotency-Replayed": "true"})


async def _key_of(request: Request, identity: str) -> _Key | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not (0 < len(given) <= MAX_KEY and given.isascii() and given.isprintable()):
        allowed = f"1 to {MAX_KEY} printable ASCII characters"
        raise refused("header.Idempotency-Key", "cannot be used as a key", allowed)
    what = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return _Key(identity, given, hashlib.sha256(what + await request.body()).hexdigest())


async def forget_keys(session: AsyncSession, before: datetime) -> int:
    """Delete the stored replies that are older; returns how many."""
    gone = await session.execute(delete(idempotency).where(idempotency.c.created_at < before))
    return int(getattr(gone, "rowcount", 0))
