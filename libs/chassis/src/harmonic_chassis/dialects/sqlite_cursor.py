"""A statement on SQLite as one visit to the connection's thread: cursor, execution, rows and closing at once.

SQLAlchemy's own adapter makes four visits of it, each a hand-over between threads; on an embedded platform they are
most of what a statement costs. The rows are fetched whole, as SQLAlchemy's adapter does, too.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import EMPTY_DICT, await_only


@dataclass(slots=True)
class _Outcome:
    """What a finished statement leaves beside its rows; read where SQLAlchemy expects an open cursor."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1


class OneVisitCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor that lies closed between its statements."""

    __slots__ = ()

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._soft_closed_memoized = EMPTY_DICT
        self._cursor: Any = _Outcome()
        self._rows: deque[Any] = deque()

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        return await self._visit(lambda cursor: cursor.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Iterable[Any]) -> Any:
        return await self._visit(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    async def _visit(self, run: Callable[[sqlite3.Cursor], object]) -> Any:
        driver: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            self._cursor, rows = await driver._execute(_at_once, driver._conn, run)
        self._rows = deque(rows)
        return self

    async def _async_soft_close(self) -> None:
        """It is closed already, and its rows are here."""

    def close(self) -> None:
        self._rows.clear()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = OneVisitCursor


class OneVisitDriver(AsyncAdapt_aiosqlite_dbapi):
    """The driver's module as SQLAlchemy wants it, with these cursors: ``create_async_engine(..., module=...)``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        connection: Any = aiosqlite.connect(*arg, **kw)
        connection._thread.daemon = True
        return _Connection(self, await_only(connection))


def _at_once(connection: sqlite3.Connection, run: Callable[[sqlite3.Cursor], object]) -> tuple[_Outcome, Sequence[Any]]:
    """Within the connection's thread."""
    cursor = connection.cursor()
    try:
        run(cursor)
        rows = cursor.fetchall() if cursor.description else ()
        return _Outcome(cursor.description, cursor.rowcount, cursor.lastrowid), rows
    finally:
        cursor.close()
