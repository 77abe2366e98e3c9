"""The settings of the audio service."""

from typing import ClassVar

from pydantic import Field

from harmonic_chassis.settings import ServiceSettings


class AudioSettings(ServiceSettings):
    """What audio needs besides what every service needs."""

    service: ClassVar[str] = "audio"

    probe_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1024, description="Largest trajectory that a probe listens to, in bytes"
    )
    probe_events: int = Field(default=200_000, ge=1, description="Most physical events in a trajectory of a probe")
    probe_cache: int = Field(default=64, ge=0, le=10_000, description="Answers of probes that are kept in memory")
