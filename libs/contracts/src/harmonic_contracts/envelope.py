"""The envelope of every durable message: CloudEvents 1.0 structured JSON with the house's extension attributes.

Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and its distributed tracing extension.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from harmonic_contracts.base import Identifier

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PATTERN = r"^[a-z]+\.[a-z_]+(\.[a-z_]+)?\.v[1-9][0-9]*$"
MAX_INLINE_BYTES = 64 * 1024
"""Data above this size travels as an artifact reference (claim check) in ``dataref``."""


class Envelope(BaseModel):
    """One message. ``type`` is also the routing key. ``sequence`` orders the messages of one subject of one source;
    ``number`` counts all messages of one source without holes and is given by its relay."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: Identifier
    source: str = Field(pattern=r"^[a-z]+$", description="Name of the producing service")
    type: str = Field(pattern=TYPE_PATTERN)
    subject: str = Field(min_length=1, max_length=200, description="What it is about, e.g. `universe/0190...`")
    sequence: int = Field(ge=1)
    number: int | None = Field(default=None, ge=1)
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    data: dict[str, Any] | None = None
    dataref: str | None = Field(default=None, description="SHA-256 of the data where it is too large to travel inline")
    traceparent: str | None = None
    correlationid: Identifier
    causationid: Identifier | None = None
    organizationid: Identifier | None = None
    actorid: str | None = Field(default=None, description="User id, or `service:<name>`")
    ownerid: str | None = Field(
        default=None, description="Where set, only this user and who governs the organization may learn of it"
    )
