"""The settings of the audio service."""

from typing import ClassVar

from pydantic import Field

from harmonic_chassis.settings import ServiceSettings

SOUND_LIMIT = 64 * 1024 * 1024
"""The edge lets no larger sound in."""


class AudioSettings(ServiceSettings):
    """What audio needs besides what every service needs."""

    service: ClassVar[str] = "audio"

    probe_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1024, description="Largest trajectory that a probe listens to, in bytes"
    )
    probe_events: int = Field(default=200_000, ge=1, description="Most physical events in a trajectory of a probe")
    probe_cache: int = Field(default=64, ge=0, le=10_000, description="Answers of probes that are kept in memory")
    max_sound_bytes: int = Field(
        default=SOUND_LIMIT, ge=1024, le=SOUND_LIMIT, description="Largest sound that may be sent, in bytes"
    )
    max_sound_seconds: float = Field(
        default=3600.0, ge=1.0, le=36_000.0, description="Longest sound that is analysed or converted, in seconds"
    )
    max_open_sounds: int = Field(
        default=50, ge=1, description="Most analyses and conversions of an organization that are under way at once"
    )
