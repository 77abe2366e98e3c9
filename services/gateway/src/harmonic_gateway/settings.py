"""Settings of the gateway."""

from typing import ClassVar

from limits import parse
from pydantic import Field, SecretStr, field_validator

from harmonic_chassis.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """What the gateway needs beside what every service does."""

    service: ClassVar[str] = "gateway"

    caller_rate: str = Field(default="1200/minute", description="Requests of one caller, counted by each replica")
    secrets_rate: str = Field(default="60/minute", description="Attempts to sign in or register from one address")
    upstream_silence_s: float = Field(
        default=60.0, gt=0, le=600, description="Seconds that a service may be silent before the answer is 504"
    )
    stream_days: int = Field(default=30, ge=1, le=3650, description="Days for which events can be resumed")
    operator_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Who is signed in and sends it as `Harmonic-Operator` sees the event path of all organizations",
        examples=["openssl rand -hex 32"],
    )
    metrics_public: bool = Field(default=False, description="Serve /metrics on the public port")

    @field_validator("caller_rate", "secrets_rate")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        """A rate that the limiter understands, or a refused start that says how one is written."""
        try:
            parse(value)
        except ValueError:
            raise ValueError("must be written as `600/minute`") from None
        return value
