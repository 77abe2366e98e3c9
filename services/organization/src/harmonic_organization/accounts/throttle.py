"""How often somebody may try: fixed windows counted a key, three keys a login.

The narrow key (account and address) stops guessing; the wide ones bound what a botnet does to one account and what one
address does to many. A lock on the account alone would let anybody lock anybody out, so its limit is the widest.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """At most ``attempts`` in each ``window``."""

    attempts: int
    window: timedelta


@dataclass(frozen=True)
class Watch:
    """A limit on one key. The key is a digest: the table tells no reader whom it counts."""

    key: str
    limit: Limit


@dataclass(frozen=True)
class Count:
    """The attempts of one key since its window began."""

    started_at: datetime
    attempts: int


def watch(kind: str, subject: str, limit: Limit) -> Watch:
    """The limit on a subject such as an address, kept apart by kind."""
    return Watch(hashlib.sha256(f"{kind}\0{subject}".encode()).hexdigest(), limit)


def wait(count: Count | None, limit: Limit, now: datetime) -> timedelta | None:
    """How long to wait before the next attempt; none when it may come now."""
    if count is None or count.attempts < limit.attempts:
        return None
    remaining = count.started_at + limit.window - now
    return remaining if remaining > timedelta(0) else None


def counted(count: Count | None, limit: Limit, now: datetime) -> Count:
    """The count after one more attempt: in the running window, or the first of a new one."""
    if count is None or now - count.started_at >= limit.window:
        return Count(now, 1)
    return Count(count.started_at, count.attempts + 1)
