"""How long a statement waits for the lock of another transaction. SQLite has one writer: there none is waited for."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

LOCK_NOT_AVAILABLE = "55P03"


async def limit_lock_wait(session: AsyncSession, seconds: float) -> None:
    """From here on in this transaction give up a wait for a lock after so long; 0 goes back to the server's default."""
    if session.get_bind().dialect.name == "postgresql":
        limit = f"'{int(seconds * 1000)}ms'" if seconds else "DEFAULT"
        await session.execute(text(f"SET LOCAL lock_timeout = {limit}"))


def gave_up_waiting(error: DBAPIError) -> bool:
    """Whether the statement failed because it waited too long for a lock."""
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE
