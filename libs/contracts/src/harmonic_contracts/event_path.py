"""The event path as people are shown it: messages at their producers, at their consumers, and what they caused."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class Said(BaseModel):
    """A message at its producer. ``state``: ``waiting`` for its number, ``numbered`` and on its way, ``delivered`` to
    the broker or inboxes, or ``unrouted``: delivered when nobody wanted it."""

    service: str
    id: str
    type: str
    subject: str
    sequence: int
    number: int | None
    state: str
    written_at: datetime
    organization_id: str | None
    trace_id: str | None = None
    caused_by: str | None = None
    envelope: dict[str, Any] | None = Field(default=None, description="Where the whole message was asked for")


class Taken(BaseModel):
    """A message at one consumer. ``state``: ``missing`` (not received), ``pending``, ``dead``, ``unknown`` (kept until
    code that knows its type starts) or ``handled``, of which no times are kept here: the spans of its trace have them,
    and what it caused."""

    service: str
    consumer: str
    state: str
    attempts: int | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None


class JobLife(BaseModel):
    """A job that the message's handler submitted."""

    service: str
    job_id: str
    kind: str
    state: str
    attempts: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class Life(BaseModel):
    """What one service knows of a message: as its producer, as its consumers, and what it caused there."""

    said: Said | None = None
    taken: list[Taken] = []
    caused: list[Said] = []
    jobs: list[JobLife] = []


class Dead(BaseModel):
    """A dead letter."""

    service: str
    consumer: str
    id: str
    source: str
    number: int
    type: str
    subject: str
    attempts: int
    error: str | None
    trace_id: str | None
    received_at: datetime
    failed_at: datetime | None
    organization_id: str | None
    envelope: dict[str, Any]


class RecentMessages(BaseModel):
    """Messages of all services, oldest first. ``next``: ask with it as `after` for what follows."""

    items: list[Said]
    next: str
    silent: list[str]
    """Services that did not answer: their part is missing."""


class MessageLife(BaseModel):
    """One message, from its outbox to what it caused. ``services``: what each knows."""

    message: Said
    services: list[Life]
    silent: list[str]


class DeadLetters(BaseModel):
    """Dead letters of all services, oldest first."""

    items: list[Dead]
    next: str | None
    silent: list[str]
