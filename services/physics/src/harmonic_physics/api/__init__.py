"""The HTTP edge of physics: one router a resource."""

from fastapi import APIRouter

from harmonic_physics.api import catalogue, live, probe, simulations, sweeps, trajectories, universes

router = APIRouter()
for each in (catalogue, universes, simulations, trajectories, sweeps, live, probe):
    router.include_router(each.router)
