"""From a spec to detectors: which events are watched, of which bodies, and what their functions need."""

from __future__ import annotations

from itertools import combinations
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import crossings as on
from harmonic_physics.engine.kernels.crossings import Watch
from harmonic_physics.engine.orbits.elements import cross
from harmonic_physics.engine.orbits.start import Initial
from harmonic_physics.engine.systems.orbits import OrbitsSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ESCAPE_FACTOR = 100.0
"""A body counts as escaped beyond this many times the largest initial distance, if it is unbound."""


def detectors(spec: OrbitsSpec, initial: Initial, centre: int) -> tuple[Ints, Floats]:
    """Rows (code, a, b) and the squared distance that collisions and escapes are about."""
    bodies = range(len(initial.masses))
    seen = [i for i in bodies if i != centre]
    across = cross(initial.normal, initial.sight)
    rows: list[tuple[int, int, int, float]] = []
    if "transit" in spec.events and max(map(abs, across)) > 1e-6:
        rows += [(on.TRANSIT, i, -1, 0.0) for i in seen]
    if "perihelion" in spec.events:
        rows += [(on.PERIHELION, i, -1, 0.0) for i in seen]
    if "conjunction" in spec.events:
        rows += [(on.CONJUNCTION, i, j, 0.0) for i, j in combinations(seen, 2)]
    radii = [body.radius for body in spec.bodies]
    touching = [(i, j) for i, j in combinations(bodies, 2) if radii[i] + radii[j]]
    rows += [(on.COLLISION, i, j, (radii[i] + radii[j]) ** 2) for i, j in touching]
    reach = ESCAPE_FACTOR * float(np.sqrt((np.array(initial.positions) ** 2).sum(axis=1)).max())
    rows += [(on.ESCAPE, i, -1, reach**2) for i in seen]
    if "eclipse" in spec.events:
        lit = 1 if spec.eclipses_from == "primary" else 0
        rows += [(on.ECLIPSE, i, j, 0.0) for i, j in touching if i >= lit]
    rows += [(on.RESONANCE, _first(spec, r), r, 0.0) for r in range(len(spec.resonances))]
    return np.array([row[:3] for row in rows], np.int64), np.array([row[3] for row in rows])


def _first(spec: OrbitsSpec, resonance: int) -> int:
    names = [body.name for body in spec.bodies]
    return names.index(next(iter(spec.resonances[resonance].longitudes)))


def watching(spec: OrbitsSpec, initial: Initial, rows: Ints, limits: Floats, centre: int) -> Watch:
    """Everything that the detectors' functions need."""
    names = [body.name for body in spec.bodies]
    shape = (len(spec.resonances), len(names))
    longitudes, periapses, aims = np.zeros(shape), np.zeros(shape), np.zeros((shape[0], 2))
    for index, resonance in enumerate(spec.resonances):
        for name, factor in resonance.longitudes.items():
            longitudes[index, names.index(name)] = factor
        for name, factor in resonance.periapses.items():
            periapses[index, names.index(name)] = factor
        aims[index] = cos(radians(resonance.aim)), sin(radians(resonance.aim))
    return Watch(
        rows=rows,
        limits=limits,
        axes=np.array([initial.sight, cross(initial.normal, initial.sight), initial.normal]),
        centre=centre,
        shadows=int(spec.eclipses_from == "primary"),
        longitudes=longitudes,
        periapses=periapses,
        aims=aims,
    )
