"""The HTTP edge of organization: one router a resource, no rules."""

from fastapi import APIRouter


def router() -> APIRouter:
    """Every route of the service."""
    from harmonic_organization.api import api_keys, auth, internal, jwks, me, members, organizations, projects

    root = APIRouter()
    for module in (auth, me, api_keys, organizations, members, projects, jwks, internal):
        root.include_router(module.router)
    return root
