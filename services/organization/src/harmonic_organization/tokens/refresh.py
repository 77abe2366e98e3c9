"""Refresh tokens turn over: each is good once, and its second use ends the whole session.

Source: OAuth 2.0 Security Best Current Practice (RFC 9700) section 4.14.2. A thief and the owner cannot both go on:
whoever comes second shows the theft.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """What a refresh token is worth when it is shown."""

    ROTATE = "rotate"
    REUSED = "reused"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Shown:
    """The state of a shown token and of its session."""

    used_at: datetime | None
    expires_at: datetime
    session_revoked_at: datetime | None
    session_expires_at: datetime


def judge(shown: Shown, now: datetime) -> Verdict:
    """Reuse comes before expiry: an old token in the wrong hands is a theft however late it is shown."""
    if shown.session_revoked_at is not None:
        return Verdict.REVOKED
    if shown.used_at is not None:
        return Verdict.REUSED
    if now >= min(shown.expires_at, shown.session_expires_at):
        return Verdict.EXPIRED
    return Verdict.ROTATE


def expiry(now: datetime, idle: timedelta, session_expires_at: datetime) -> datetime:
    """A new token lives for the idle time, and never longer than its session."""
    return min(now + idle, session_expires_at)
