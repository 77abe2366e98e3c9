"""Whether an error says that the database cannot be used now, rather than that what was asked of it is wrong."""

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

_POSTGRES = ("08", "53", "57P")
"""SQLSTATE classes: connection exceptions, insufficient resources, and the shutdowns of operator intervention."""
_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_FULL")


def database_away(error: BaseException) -> bool:
    """Whether trying again later, with the same statement, makes sense."""
    if isinstance(error, DBAPIError):
        return _away(error.orig) or error.connection_invalidated or isinstance(error, InterfaceError)
    # The driver's own error: raised while connecting, or by the statements at driver level.
    return _away(error) or isinstance(error, (NoFreeConnection, ConnectionError, TimeoutError))


def _away(error: BaseException | None) -> bool:
    state = str(getattr(error, "sqlstate", None) or "")
    name = str(getattr(error, "sqlite_errorname", None) or "")
    return state.startswith(_POSTGRES) or name.startswith(_SQLITE)
