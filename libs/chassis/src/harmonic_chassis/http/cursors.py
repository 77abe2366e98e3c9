"""Pages of a list by signed keyset cursors: stable under insertion, one index range read a page, and not to be forged.

@router.get("/universes")
async def index(caller: CallerDep, session: ReadingDep, cursor: CursorDep) -> Page[UniverseView]:
    statement = cursor.select(select(Universe).where(...), Universe.created_at, Universe.universe_id)
    return cursor.page((await session.scalars(statement)).all(), view, lambda u: (u.created_at, u.universe_id))
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Select, literal, tuple_

from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_contracts import problems
from harmonic_contracts.problems import FieldError

Item = TypeVar("Item")
Row = TypeVar("Row")
Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
SIGNATURE_BYTES = 16


class Page(BaseModel, Generic[Item]):
    """A stretch of a list; send `next` as `cursor` for the following one."""

    items: list[Item]
    next: str | None = Field(default=None, description="Cursor of the next page; null at the end")


class Cursor:
    """Where a list goes on, for one request. The cursor is bound to its path and filters by its signature."""

    def __init__(self, secret: bytes, scope: bytes, limit: int, given: str | None) -> None:
        self._secret = secret
        self._scope = scope
        self.limit = limit
        self.descending = True
        self.after = self._read(given) if given else None

    def select(self, statement: Statement, *columns: Any, descending: bool = True) -> Statement:
        """The statement for this page. `columns` is the order, the last one unique; newest first by default.
        It asks for one row more than the page holds, to know whether there is a next."""
        self.descending = descending
        if self.after is not None:
            if len(self.after) != len(columns):
                raise _tampered()
            place = tuple_(*(literal(v, c.type) for v, c in zip(self.after, columns, strict=True)))
            keys = tuple_(*columns)
            statement = statement.where(keys < place if descending else keys > place)
        order = [column.desc() if descending else column.asc() for column in columns]
        return statement.order_by(*order).limit(self.limit + 1)

    def page(
        self, rows: Sequence[Row], view: Callable[[Row], Item], key: Callable[[Row], tuple[Any, ...]]
    ) -> Page[Item]:
        """The page of these rows; `key` gives a row's values in the columns of the order."""
        shown = rows[: self.limit]
        following = self.write(key(shown[-1])) if len(rows) > self.limit else None
        return Page(items=[view(row) for row in shown], next=following)

    def write(self, values: tuple[Any, ...]) -> str:
        """The cursor that goes on after these values."""
        body = orjson.dumps([_packed(value) for value in values])
        return base64.urlsafe_b64encode(self._sign(body) + body).decode().rstrip("=")

    def _read(self, cursor: str) -> tuple[Any, ...]:
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:
            raise _tampered() from None
        signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(body)):
            raise _tampered()
        return tuple(_unpacked(value) for value in orjson.loads(body))

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, self._scope + b"\0" + body, hashlib.sha256)[:SIGNATURE_BYTES]


def _packed(value: Any) -> Any:
    return {"t": value.isoformat()} if isinstance(value, datetime) else value


def _unpacked(value: Any) -> Any:
    return datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value


def _tampered() -> ProblemError:
    error = FieldError(
        field="query.cursor", reason="is not a cursor that this list gave you", allowed="`next` of a page"
    )
    return ProblemError(problems.MALFORMED, detail="The cursor is not from here", errors=[error])


def _cursor(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items a page")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next` of the page before")] = None,
) -> Cursor:
    secret = request.app.state.chassis.settings.cursor_secret.get_secret_value().encode()
    filters = sorted((k, v) for k, v in request.query_params.multi_items() if k not in {"cursor", "limit"})
    scope = orjson.dumps([request.url.path, filters])
    return Cursor(secret, scope, limit, cursor)


CursorDep = Annotated[Cursor, Depends(_cursor)]
