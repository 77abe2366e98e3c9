"""Forces between kicks: fields of three kinds and four falloffs, buoyancy, Coulomb's law; and their potentials.

Fields give accelerations. With the distance d from the centre, the range L and the softening s:
f(d) = 1 (none), max(0, 1 - d / L) (linear), L d / (d^2 + s^2) (inverse), L^2 d / (d^2 + s^2)^(3/2) (inverse square).
Radial: a = A f(d) (x - c) / d. Directional: a = A f(d) n. Vortex: a = A f(d) n x (x - c) / d, about the axis n.
"""

from math import sqrt

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.contacts import nearest
from harmonic_physics.engine.kernels.elementary import logarithm
from harmonic_physics.engine.kernels.spheres import ALIVE, FALL, MASS, Floats, Ints, place

RADIAL, DIRECTIONAL, VORTEX = range(3)
STEADY, LINEAR, INVERSE, INVERSE_SQUARE = range(4)
KIND, FALLOFF, CENTRE, AXIS, STRENGTH, RANGE, SOFT = 0, 1, 2, 5, 8, 9, 10
"""Columns of a field, fields (m, 11)."""
CHARGE, LIFT = range(2)
"""Columns of traits (n, 2): charge [C], and the share of gravity that buoyancy takes off."""
CONSTANT, SOFTENING = range(2)
"""Of coulomb (2,): Coulomb's constant [N m2/C2], 0 where nothing is charged, and the softening [m]."""


@inner
def falloff(code: int, d: float, reach: float, soft: float) -> float:
    """f(d) of the module's heading."""
    if code == LINEAR:
        return max(0.0, 1.0 - d / reach)
    if code == INVERSE:
        return reach * d / (d * d + soft * soft)
    if code == INVERSE_SQUARE:
        square = d * d + soft * soft
        return reach * reach * d / (square * sqrt(square))
    return 1.0


@inner
def radial_potential(code: int, d: float, reach: float, soft: float) -> float:
    """-integral of f over d: the potential energy of a unit mass in a radial field of strength 1."""
    if code == LINEAR:
        return -0.5 * reach if d >= reach else -d + 0.5 * d * d / reach
    if code == INVERSE:
        return -0.5 * reach * logarithm(d * d + soft * soft + 1e-300)
    if code == INVERSE_SQUARE:
        return reach * reach / sqrt(d * d + soft * soft + 1e-300)
    return -d


@inner
def keeps_energy(fields: Floats, m: int) -> bool:
    """Whether a field has a potential: radial ones, and directional ones that are the same everywhere."""
    kind = fields[m, KIND]
    return bool(kind == RADIAL or (kind == DIRECTIONAL and fields[m, FALLOFF] == STEADY))


@inner
def add_field(fields: Floats, m: int, body: Floats, a: Floats, i: int) -> None:
    """a[i] += the acceleration of field m at body i."""
    r0, r1, r2 = body[i, 0] - fields[m, CENTRE], body[i, 1] - fields[m, CENTRE + 1], body[i, 2] - fields[m, CENTRE + 2]
    n0, n1, n2 = fields[m, AXIS], fields[m, AXIS + 1], fields[m, AXIS + 2]
    kind = int(fields[m, KIND])
    if kind == VORTEX:  # the distance from the axis
        along = r0 * n0 + r1 * n1 + r2 * n2
        r0, r1, r2 = r0 - along * n0, r1 - along * n1, r2 - along * n2
    d = sqrt(r0 * r0 + r1 * r1 + r2 * r2)
    size = fields[m, STRENGTH] * falloff(int(fields[m, FALLOFF]), d, fields[m, RANGE], fields[m, SOFT])
    if kind == DIRECTIONAL:
        r0, r1, r2 = n0, n1, n2
    elif d > 0.0:
        size /= d
        if kind == VORTEX:
            r0, r1, r2 = n1 * r2 - n2 * r1, n2 * r0 - n0 * r2, n0 * r1 - n1 * r0
    a[i, 0] += size * r0
    a[i, 1] += size * r1
    a[i, 2] += size * r2


@inner
def add_charges(
    body: Floats, plan: Floats, ties: Ints, box: Floats, grid: Ints, traits: Floats, coulomb: Floats, a: Floats
) -> None:
    """a (n, 3) += Coulomb's accelerations, softened as k q q' r / (r^2 + s^2)^(3/2), pairs in a fixed order."""
    n = body.shape[0]
    soft = coulomb[SOFTENING] * coulomb[SOFTENING]
    for i in range(n):
        if ties[i, ALIVE] == 0 or traits[i, CHARGE] == 0.0:
            continue
        strength = coulomb[CONSTANT] * traits[i, CHARGE]
        for j in range(i + 1, n):
            if ties[j, ALIVE] == 0 or traits[j, CHARGE] == 0.0:
                continue
            d0 = nearest(box, grid, 0, body[j, 0] - body[i, 0])
            d1 = nearest(box, grid, 1, body[j, 1] - body[i, 1])
            d2 = nearest(box, grid, 2, body[j, 2] - body[i, 2])
            square = d0 * d0 + d1 * d1 + d2 * d2 + soft
            force = strength * traits[j, CHARGE] / (square * sqrt(square))
            p, q = force / plan[i, MASS], force / plan[j, MASS]
            a[i, 0] -= p * d0
            a[i, 1] -= p * d1
            a[i, 2] -= p * d2
            a[j, 0] += q * d0
            a[j, 1] += q * d1
            a[j, 2] += q * d2


@inner
def accelerate(
    body: Floats,
    plan: Floats,
    ties: Ints,
    box: Floats,
    grid: Ints,
    fields: Floats,
    traits: Floats,
    coulomb: Floats,
    a: Floats,
    idle: Floats,
) -> None:
    """a (n, 3) = accelerations of all forces but gravity; idle (n, 3) the part of them that has no potential.

    All bodies are at the same time.
    """
    a[:] = 0.0
    idle[:] = 0.0
    for i in range(body.shape[0]):
        if ties[i, ALIVE]:
            for k in range(3):
                a[i, k] = -traits[i, LIFT] * box[FALL + k]
            for m in range(fields.shape[0]):
                add_field(fields, m, body, a, i)
                if not keeps_energy(fields, m):
                    add_field(fields, m, body, idle, i)
    if coulomb[CONSTANT] != 0.0:
        add_charges(body, plan, ties, box, grid, traits, coulomb, a)


@inner
def lone_potential(plan: Floats, box: Floats, fields: Floats, traits: Floats, i: int, at: Floats, row: int) -> float:
    """Potential energy of body i at at[row, :3] in gravity, buoyancy and the fields that have one."""
    total = 0.0
    for k in range(3):
        total -= (1.0 - traits[i, LIFT]) * box[FALL + k] * at[row, k]
    for m in range(fields.shape[0]):
        if not keeps_energy(fields, m):
            continue
        r0 = at[row, 0] - fields[m, CENTRE]
        r1 = at[row, 1] - fields[m, CENTRE + 1]
        r2 = at[row, 2] - fields[m, CENTRE + 2]
        if fields[m, KIND] == RADIAL:
            d = sqrt(r0 * r0 + r1 * r1 + r2 * r2)
            shape = radial_potential(int(fields[m, FALLOFF]), d, fields[m, RANGE], fields[m, SOFT])
        else:
            shape = -(r0 * fields[m, AXIS] + r1 * fields[m, AXIS + 1] + r2 * fields[m, AXIS + 2])
        total += fields[m, STRENGTH] * shape
    return float(plan[i, MASS] * total)


@inner
def charge_potential(
    ties: Ints, box: Floats, grid: Ints, traits: Floats, coulomb: Floats, i: int, first: int, at: Floats
) -> float:
    """Energy of charge i with the bodies from `first` on, at the places at (n, >= 3)."""
    total = 0.0
    soft = coulomb[SOFTENING] * coulomb[SOFTENING]
    for j in range(first, at.shape[0]):
        if j != i and ties[j, ALIVE]:
            d0 = nearest(box, grid, 0, at[j, 0] - at[i, 0])
            d1 = nearest(box, grid, 1, at[j, 1] - at[i, 1])
            d2 = nearest(box, grid, 2, at[j, 2] - at[i, 2])
            total += traits[j, CHARGE] / sqrt(d0 * d0 + d1 * d1 + d2 * d2 + soft)
    return float(coulomb[CONSTANT] * traits[i, CHARGE] * total)


@inner
def energy_of(
    body: Floats,
    plan: Floats,
    ties: Ints,
    box: Floats,
    grid: Ints,
    fields: Floats,
    traits: Floats,
    coulomb: Floats,
    i: int,
    now: float,
    at: Floats,
) -> float:
    """All the energy that goes when body i goes; at (n, 6) is room."""
    place(body, ties, box, i, now, at, i)
    total = 0.5 * plan[i, MASS] * (at[i, 3] ** 2 + at[i, 4] ** 2 + at[i, 5] ** 2)
    if coulomb[CONSTANT] != 0.0:
        for j in range(body.shape[0]):
            place(body, ties, box, j, now, at, j)
        total += charge_potential(ties, box, grid, traits, coulomb, i, 0, at)
    return float(total + lone_potential(plan, box, fields, traits, i, at, i))
