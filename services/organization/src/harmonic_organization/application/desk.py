"""The front desk: what the use cases need, made once a process."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from harmonic_chassis.clock import Clock
from harmonic_chassis.database import Database
from harmonic_organization.settings import OrganizationSettings
from harmonic_organization.signing import keys
from harmonic_organization.signing.keyring import Keyring
from harmonic_organization.signing.passwords import Passwords

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis


@dataclass(frozen=True)
class Desk:
    """The organization service at work."""

    db: Database
    clock: Clock
    settings: OrganizationSettings
    passwords: Passwords
    keyring: Keyring

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def session_time(self) -> timedelta:
        return timedelta(days=self.settings.session_days)

    @property
    def idle_time(self) -> timedelta:
        return timedelta(days=self.settings.refresh_idle_days)


def desk_of(chassis: "Chassis") -> Desk:
    """The desk of a running service, the same at each call."""
    if "desk" not in chassis.state:
        chassis.state["desk"] = make_desk(chassis.db, chassis.clock, _own(chassis.settings))
    return cast(Desk, chassis.state["desk"])


def make_desk(db: Database, clock: Clock, settings: OrganizationSettings) -> Desk:
    """A desk on a database."""
    passwords = Passwords(
        time_cost=settings.argon2_time_cost,
        memory_kib=settings.argon2_memory_kib,
        parallelism=settings.argon2_parallelism,
        concurrency=settings.argon2_concurrency,
    )
    fixed = keys.from_json(settings.signing_key.get_secret_value()) if settings.signing_key else None
    keyring = Keyring(db, clock, settings.key_plan, settings.key_secret.get_secret_value(), fixed)
    return Desk(db, clock, settings, passwords, keyring)


async def jwks(chassis: "Chassis") -> dict[str, Any]:
    """The keys by which organization itself checks tokens: its own, without a way round by HTTP."""
    return await desk_of(chassis).keyring.public()


def _own(settings: object) -> OrganizationSettings:
    if not isinstance(settings, OrganizationSettings):
        raise TypeError(f"organization runs on OrganizationSettings, not on {type(settings).__name__}")
    return settings
