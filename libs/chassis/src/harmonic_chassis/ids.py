"""Identifiers: UUIDv7 strings, so that ids sort by the time they were made."""

import uuid_utils


def new_id() -> str:
    """A new lower-case UUIDv7."""
    return str(uuid_utils.uuid7())
