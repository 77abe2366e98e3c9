"""Settings of the ai service: those that every service has."""

from typing import ClassVar

from harmonic_chassis.settings import ServiceSettings


class AiSettings(ServiceSettings):
    service: ClassVar[str] = "ai"
