"""The base of every contract type: frozen, closed to unknown fields on input we own, JSON without NaN."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Contract(BaseModel):
    """A value shared between services. Immutable; unknown fields are refused; NaN and infinities are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="null")


class Passed(BaseModel):
    """A value within an artifact that one service writes and another reads. Services are replaced one by one: what a
    newer release has added is left out by an older one, not refused."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, ser_json_inf_nan="null")


class MessageData(BaseModel):
    """The data of a message. Unknown fields are kept out but tolerated: a newer producer may send optional ones."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Lower-case hexadecimal SHA-256")]
Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="UUIDv7")]
