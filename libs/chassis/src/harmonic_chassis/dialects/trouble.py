"""Whether an error says that the database cannot be used now, rather than that what was asked of it is wrong."""

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

_POSTGRES = ("08", "53", "57P")
"""SQLSTATE classes: connection exceptions, insufficient resources, and the shutdowns of operator intervention."""
_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_FULL")


def database_away(error: BaseException) -> bool:
    """Whether trying again later, with the same statement, makes sense."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        name = str(getattr(error.orig, "sqlite_errorname", None) or "")
        known = state.startswith(_POSTGRES) or name.startswith(_SQLITE)
        return known or error.connection_invalidated or isinstance(error, InterfaceError)
    if str(getattr(error, "sqlstate", None) or "").startswith(_POSTGRES):  # raised while connecting
        return True
    return isinstance(error, (NoFreeConnection, ConnectionError, TimeoutError))
