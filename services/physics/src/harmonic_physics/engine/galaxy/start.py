"""How galaxies begin: stars drawn by the seed, moving in the field that they make; the whole at rest at the origin."""

from dataclasses import dataclass
from math import radians

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.galaxy.cost import KMS_A_KPC_YR, G
from harmonic_physics.engine.galaxy.field import pull
from harmonic_physics.engine.kernels import stars
from harmonic_physics.engine.systems.galaxy import Galaxy, GalaxySpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
G_YR = G / KMS_A_KPC_YR**2
"""Newton's constant [kpc^3 / (yr^2 Msun)]."""


@dataclass(frozen=True)
class Frame:
    """What stays. A galaxy without halo has a massless centre, which its stars carry along.

    G m of stars (n,) and centres (c,) [kpc^3/yr^2], halo scales (c,), the range of stars of each galaxy,
    the axes (c, 3, 3) of their first planes, the stars that are told, and whose they are."""

    gm: Floats
    core_gm: Floats
    scale: Floats
    spans: list[tuple[int, int]]
    axes: Floats
    tracer: Ints
    owner: Ints


def frame(spec: GalaxySpec) -> Frame:
    """Everything that follows from the spec alone."""
    gm = np.concatenate([np.full(g.count, G_YR * g.mass / g.count) for g in spec.galaxies])
    ends = np.cumsum([g.count for g in spec.galaxies]).tolist()
    spans = list(zip([0, *ends[:-1]], ends, strict=True))
    told = spec.tracers_of
    tracer = np.concatenate([np.arange(low, low + n) for (low, _), n in zip(spans, told, strict=True)])
    return Frame(
        gm=gm,
        core_gm=np.array([G_YR * g.halo_mass for g in spec.galaxies]),
        scale=np.array([g.halo_scale if g.halo_mass > 0 else g.scale for g in spec.galaxies]),
        spans=spans,
        axes=np.stack([turned(g) for g in spec.galaxies]),
        tracer=tracer,
        owner=np.repeat(np.arange(len(told)), told),
    )


def turned(galaxy: Galaxy) -> Floats:
    """Rows: the disc's first axis (to the node), the second, and its normal."""
    angles = np.array([radians(galaxy.node), radians(galaxy.inclination)])
    (sn, cn), (si, ci) = (stars.sine_cosine(angle) for angle in angles.tolist())
    return np.array([[cn, sn, 0.0], [-sn * ci, cn * ci, si], [sn * si, -cn * si, ci]])


def draw(spec: GalaxySpec, held: Frame, seed: int) -> dict[str, Floats]:
    """The state at the start: x, v (3, n) of stars and core, core_v (3, c) of centres [kpc, kpc/yr]."""
    n, c = spec.count, len(spec.galaxies)
    state = {"x": np.zeros((3, n)), "v": np.zeros((3, n)), "core": np.zeros((3, c)), "core_v": np.zeros((3, c))}
    for k, galaxy in enumerate(spec.galaxies):
        x, v = _alone(spec, galaxy, held, k, seed)
        low, high = held.spans[k]
        centre, drift = np.array(galaxy.position), np.array(galaxy.velocity) / KMS_A_KPC_YR
        state["core"][:, k], state["core_v"][:, k] = centre, drift
        for axis in range(3):
            state["x"][axis, low:high] = centre[axis] + _along(held.axes[k], x, axis)
            state["v"][axis, low:high] = drift[axis] + _along(held.axes[k], v, axis)
    _rest(state, held)
    return state


def _alone(spec: GalaxySpec, galaxy: Galaxy, held: Frame, k: int, seed: int) -> tuple[Floats, Floats]:
    """Places and velocities of one galaxy in its own frame, the told stars from the innermost outwards."""
    low, high = held.spans[k]
    n, gm = galaxy.count, held.gm[low:high]
    height = galaxy.thickness * galaxy.scale
    x, v, field, back = np.zeros((3, n)), np.zeros((3, n)), np.zeros((4, n)), np.zeros((4, 1))
    if galaxy.form == "disc":
        stars.place_disc(seed, k, galaxy.scale, height, x)
    else:
        stars.place_sphere(seed, k, galaxy.scale, x)
    told = spec.tracers_of[k]
    x[:, :told] = x[:, :told][:, np.argsort(stars.squares(x)[:told], kind="stable")]
    core = np.zeros((3, 1))
    pull(x, gm, core, held.core_gm[k : k + 1], held.scale[k : k + 1], spec.softening, spec.opening_angle, field, back)
    if galaxy.form == "disc":
        stars.move_disc(seed, k, x, field, G_YR * galaxy.mass, galaxy.scale, height, galaxy.toomre_q, v)
    else:
        stars.move_sphere(seed, k, field[3], v)
    for vector in (x, v):  # the stars' barycentre is the halo's centre
        for axis in range(3):
            vector[axis] -= stars.mean(vector[axis])
    return x, v


def _along(axes: Floats, vectors: Floats, k: int) -> Floats:
    """Component k in space of vectors (3, n) of the galaxy's frame."""
    return np.asarray(axes[0, k] * vectors[0] + axes[1, k] * vectors[1] + axes[2, k] * vectors[2])


def _rest(state: dict[str, Floats], held: Frame) -> None:
    """The barycentre of all is at rest at the origin."""
    for star, core in (("x", "core"), ("v", "core_v")):
        for k in range(3):
            shift = stars.centre(held.gm, state[star][k], held.core_gm, state[core][k])
            state[star][k] -= shift
            state[core][k] -= shift
