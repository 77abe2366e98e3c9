"""The life of a signing key: published, then signing, then kept for checking, then gone.

A key is published ``lead`` before it signs, so that a verifier with a cached key set has it in time, and stays
published for ``overlap`` after the next one has taken over, so that every token it signed runs out first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class KeyLife:
    """When a key begins to sign."""

    number: int
    signs_from: datetime


@dataclass(frozen=True)
class Plan:
    """How keys turn over: a new one each ``period``."""

    period: timedelta
    lead: timedelta
    overlap: timedelta


def signing(keys: Sequence[KeyLife], now: datetime) -> KeyLife | None:
    """The key that signs now: the youngest whose time has come."""
    return max((key for key in keys if key.signs_from <= now), key=lambda key: key.number, default=None)


def next_start(keys: Sequence[KeyLife], plan: Plan, now: datetime) -> datetime | None:
    """When a key that must be made now begins to sign; none while no new one is due."""
    if not keys:
        return now
    youngest = max(keys, key=lambda key: key.number)
    due = youngest.signs_from + plan.period
    return max(due, now + plan.lead) if now >= due - plan.lead else None


def outlived(keys: Sequence[KeyLife], plan: Plan, now: datetime) -> list[KeyLife]:
    """The keys whose every token has run out: a younger one has signed for the whole overlap."""
    return [
        key
        for key in keys
        if any(other.number > key.number and other.signs_from + plan.overlap <= now for other in keys)
    ]
