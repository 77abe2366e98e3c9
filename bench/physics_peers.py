"""Peers of the physics engine, each where it is installed: REBOUND, heyoka, pymunk, scipy."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

Run = Callable[[], Any]


def found(module: str) -> Any | None:
    """The peer's module, or None where it is not installed."""
    try:
        return import_module(module)
    except ImportError:
        return None


def missing(peer: str) -> str:
    """The note that stands where a peer's figures would."""
    return f"{peer} is not installed: what is measured against it is left out."


def ias15(rebound: Any, initial: Any, span: float) -> Run:
    """REBOUND's adaptive method of order 15 with its default settings, from the same start for the same time.

    A run gives the places at the end (bodies, 3).
    """
    import numpy as np

    def run() -> Any:
        simulation = rebound.Simulation()
        simulation.G, simulation.integrator = initial.g, "ias15"
        for m, x, v in zip(initial.masses, initial.positions, initial.velocities, strict=True):
            simulation.add(m=m, x=x[0], y=x[1], z=x[2], vx=v[0], vy=v[1], vz=v[2])
        simulation.integrate(span)
        return np.array([[p.x, p.y, p.z] for p in simulation.particles])

    return run


def taylor(heyoka: Any, initial: Any, span: float) -> Run:
    """heyoka's Taylor method with its default tolerance, likewise; its compilation is not part of a run."""
    import numpy as np

    equations = heyoka.model.nbody(len(initial.masses), masses=list(initial.masses), Gconst=initial.g)
    begin = np.hstack([np.array(initial.positions), np.array(initial.velocities)]).ravel()
    integrator = heyoka.taylor_adaptive(equations, begin)

    def run() -> Any:
        integrator.time = 0.0
        integrator.state[:] = begin
        integrator.propagate_until(span)
        return integrator.state.reshape(-1, 6)[:, :3].copy()

    return run
