"""The settings of the physics service."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from harmonic_chassis.settings import ServiceSettings

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis


class PhysicsSettings(ServiceSettings):
    """What every service has, and how much an organization may have under way."""

    service: ClassVar[str] = "physics"

    organization_cpu_seconds: float = Field(
        default=7200.0,
        gt=0,
        description="Estimated processor time of the simulations and sweeps that an organization may have under way",
    )


def allowance(chassis: "Chassis") -> float:
    """The bound of an organization, in seconds."""
    settings = chassis.settings
    assert isinstance(settings, PhysicsSettings)
    return settings.organization_cpu_seconds
