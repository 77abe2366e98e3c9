"""The HTTP edge of physics: one router a resource."""

from fastapi import APIRouter

from harmonic_physics.api import catalogue, probe, simulations, trajectories, universes

router = APIRouter()
for each in (catalogue.router, universes.router, simulations.router, trajectories.router, probe.router):
    router.include_router(each)
