"""The composition of organization: settings, routes, jobs and tables as one Service."""

from fastapi import APIRouter

from harmonic_chassis.handlers import Handlers
from harmonic_chassis.service import Chassis, Service
from harmonic_organization import jobs
from harmonic_organization.application.desk import desk_of, jwks
from harmonic_organization.settings import OrganizationSettings
from harmonic_organization.store.directory import OwnDirectory
from harmonic_organization.store.tables import Base


def _router() -> APIRouter:
    from harmonic_organization.api import router

    return router()


async def _start(chassis: Chassis) -> None:
    """Open the signing keys, and make the first: a wrong key secret stops the start, not the first sign-in."""
    keyring = desk_of(chassis).keyring
    await keyring.turn()
    await keyring.public()


service = Service(
    name="organization",
    version="0.1.0",
    settings=OrganizationSettings,
    router=_router,
    handlers=Handlers(),
    jobs=jobs.kinds,
    schedules=jobs.SCHEDULES,
    migrations="harmonic_organization.migrations",
    metadata=Base.metadata,
    prefixes=("/v1/auth", "/v1/me", "/v1/api-keys", "/v1/organizations", "/v1/projects", "/.well-known/jwks.json"),
    on_start=_start,
    directory=OwnDirectory(),
    jwks=jwks,
)
