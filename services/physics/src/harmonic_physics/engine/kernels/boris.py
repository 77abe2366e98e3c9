"""Charges in electric and magnetic fields: Boris' push with the exact rotation, drag as an exact decay.

Half drift, half kick, rotation by the angle -q B h / m about B, half kick, half drift (Boris 1970; the tangent as in
Zenitani and Umeda, Phys. Plasmas 25 (2018) 112110): of second order, volume preserving (Qin et al., Phys. Plasmas 20
(2013) 084503), and without E it keeps the speed. Shapes: x, v (n, 3), constants of particles (n,).
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.arcs import APPROACH, CROSSING, ROW, passages_within
from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.elementary import exponential, hyperbolic_tangent, sincos

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COULOMB = 8.9875517862e9
"""1 / (4 pi epsilon_0) [N m^2 / C^2]."""
WALL = 5
"""Kind of event beside those of arcs: a particle is lost at the wall."""


class Fields(NamedTuple):
    """b, e (3,): uniform fields; mirror: 1 / L^2 of the bottle, about z; trap, rf: U / d^2 of the static and the
    oscillating quadrupole; omega: its angular frequency; gap (4,): volts over two, width, angular frequency, phase of
    the accelerating gap at x = 0; fall: acceleration along -z; wall: radius, 0 for none; soft: of the repulsion."""

    b: Floats
    e: Floats
    mirror: float
    trap: float
    rf: float
    omega: float
    gap: Floats
    fall: float
    wall: float
    soft: float
    mutual: bool


class Swarm(NamedTuple):
    """State x, v (n, 3), alive (n,), and constants: q / m, mass, charge, share of weight left, drag rate."""

    x: Floats
    v: Floats
    alive: Ints
    ratio: Floats
    mass: Floats
    charge: Floats
    weight: Floats
    drag: Floats


@inner
def magnetic(f: Fields, x: Floats, out: Floats) -> None:
    """B: uniform, and about its z component the bottle B0 ((z^2 - rho^2 / 2) e_z - z rho e_rho) / L^2."""
    strength = f.b[2] * f.mirror
    out[0] = f.b[0] - strength * x[0] * x[2]
    out[1] = f.b[1] - strength * x[1] * x[2]
    out[2] = f.b[2] + strength * (x[2] * x[2] - 0.5 * (x[0] * x[0] + x[1] * x[1]))


@inner
def electric(f: Fields, x: Floats, time: float, out: Floats) -> None:
    """E = -grad of the quadrupole (U + V cos Omega t)(z^2 - rho^2 / 2) / (2 d^2) and of the gap, and uniform."""
    quadrupole = f.trap
    if f.rf != 0.0:
        quadrupole += f.rf * sincos(f.omega * time)[1]
    out[0] = f.e[0] + 0.5 * quadrupole * x[0]
    out[1] = f.e[1] + 0.5 * quadrupole * x[1]
    out[2] = f.e[2] - quadrupole * x[2]
    if f.gap[0] != 0.0:
        t = hyperbolic_tangent(x[0] / f.gap[1])
        out[0] += f.gap[0] * (1.0 - t * t) / f.gap[1] * sincos(f.gap[2] * time + f.gap[3])[1]


@inner
def repel(s: Swarm, f: Fields, force: Floats) -> None:
    """force (n, 3) = Coulomb's between all, softened."""
    n = s.x.shape[0]
    force[:] = 0.0
    if not f.mutual:
        return
    for i in range(n):
        for j in range(i + 1, n):
            if s.alive[i] and s.alive[j]:
                dx, dy, dz = s.x[i, 0] - s.x[j, 0], s.x[i, 1] - s.x[j, 1], s.x[i, 2] - s.x[j, 2]
                r2 = dx * dx + dy * dy + dz * dz + f.soft * f.soft
                p = COULOMB * s.charge[i] * s.charge[j] / (r2 * sqrt(r2))
                force[i, 0] += p * dx
                force[i, 1] += p * dy
                force[i, 2] += p * dz
                force[j, 0] -= p * dx
                force[j, 1] -= p * dy
                force[j, 2] -= p * dz


@inner
def push(s: Swarm, f: Fields, time: float, h: float, force: Floats, e: Floats, b: Floats) -> None:
    """One step of all from `time`."""
    n = s.x.shape[0]
    for i in range(n):
        for k in range(3):
            s.x[i, k] += 0.5 * h * s.v[i, k]
    repel(s, f, force)
    for i in range(n):
        if s.alive[i]:
            electric(f, s.x[i], time + 0.5 * h, e)
            magnetic(f, s.x[i], b)
            for k in range(3):
                e[k] = s.ratio[i] * e[k] + force[i, k] / s.mass[i]
            e[2] -= f.fall * s.weight[i]
            turn(s.v[i], e, b, s.ratio[i], s.drag[i], h)
    for i in range(n):
        for k in range(3):
            s.x[i, k] += 0.5 * h * s.v[i, k]


@inner
def turn(v: Floats, a: Floats, b: Floats, ratio: float, drag: float, h: float) -> None:
    """Half kick with half of the drag, rotation, half kick. a: acceleration of E; the drag's own flow is exact.

    What is across B is kicked by tan(w) / w more, w half of the angle: the velocity's flow is then exact in uniform
    fields, and E x B drifts have no error of the step.
    """
    keep, gain = 1.0, 0.5 * h
    if drag > 0.0:
        keep = exponential(-0.5 * drag * h)
        gain = (1.0 - keep) / drag
    size = sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2])
    half = 0.5 * ratio * size * h
    t = 0.0
    if half != 0.0:
        sine, cosine = sincos(half)
        t = sine / cosine / size
        wide = t * size / half
        along = (1.0 - wide) * (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (size * size)
        for k in range(3):
            a[k] = wide * a[k] + along * b[k]
    for k in range(3):
        v[k] = keep * v[k] + gain * a[k]
    if half != 0.0:
        tx, ty, tz = t * b[0], t * b[1], t * b[2]
        factor = 2.0 / (1.0 + (tx * tx + ty * ty + tz * tz))
        px = v[0] + (v[1] * tz - v[2] * ty)
        py = v[1] + (v[2] * tx - v[0] * tz)
        pz = v[2] + (v[0] * ty - v[1] * tx)
        v[0] += factor * (py * tz - pz * ty)
        v[1] += factor * (pz * tx - px * tz)
        v[2] += factor * (px * ty - py * tx)
    for k in range(3):
        v[k] = keep * v[k] + gain * a[k]


@inner
def accelerations(s: Swarm, f: Fields, time: float, force: Floats, e: Floats, b: Floats, out: Floats) -> None:
    """out (n, 3) at a time, for the arcs between steps."""
    repel(s, f, force)
    for i in range(s.x.shape[0]):
        electric(f, s.x[i], time, e)
        magnetic(f, s.x[i], b)
        v = s.v[i]
        out[i, 0] = s.ratio[i] * (e[0] + v[1] * b[2] - v[2] * b[1]) + force[i, 0] / s.mass[i] - s.drag[i] * v[0]
        out[i, 1] = s.ratio[i] * (e[1] + v[2] * b[0] - v[0] * b[2]) + force[i, 1] / s.mass[i] - s.drag[i] * v[1]
        out[i, 2] = s.ratio[i] * (e[2] + v[0] * b[1] - v[1] * b[0]) + force[i, 2] / s.mass[i] - s.drag[i] * v[2]
        out[i, 2] -= f.fall * s.weight[i]
        if not s.alive[i]:
            out[i] = 0.0


@inner
def pairs_of(a: Floats, out: Floats) -> None:
    """out (pairs, 3): second minus first of every pair, in order."""
    p = 0
    for i in range(a.shape[0]):
        for j in range(i + 1, a.shape[0]):
            for k in range(3):
                out[p, k] = a[j, k] - a[i, k]
            p += 1


@kernel
def march(
    s: Swarm, f: Fields, clock: Floats, h: float, count: int, watched: Ints, near: float, rows: Floats
) -> tuple[int, int]:
    """Up to `count` steps from the own time clock[0], which goes with them.

    Events are rows (step, share, kind, a, b, speed, x, y, z).

    `watched` (2,): axes of the crossed plane and of the turning, -1 for none. Stops early where the rows may
    not suffice for another step. Returns steps taken and events found.
    """
    n = s.x.shape[0]
    pairs = n * (n - 1) // 2 if f.mutual else 0
    e, b, force = np.empty(3), np.empty(3), np.empty((n, 3))
    x0, v0, a0, a1 = np.empty((n, 3)), np.empty((n, 3)), np.empty((n, 3)), np.empty((n, 3))
    p = np.empty((6, pairs, 3))
    across = np.zeros((2, n, 3))
    for kind in range(2):
        if watched[kind] >= 0:
            across[kind, :, watched[kind]] = 1.0
    found = np.empty((max(n, pairs) + 1, ROW))
    total = 0
    accelerations(s, f, clock[0], force, e, b, a0)
    for step in range(count):
        if total + 3 * n + pairs > rows.shape[0]:
            return step, total
        time = clock[0]
        x0[:], v0[:] = s.x, s.v
        push(s, f, time, h, force, e, b)
        clock[0] = time + h
        accelerations(s, f, time + h, force, e, b, a1)
        for kind in range(2):
            side = across[kind]
            events = passages_within(CROSSING + kind, x0, v0, a0, s.x, s.v, a1, h, side, side, found)
            total = copy_rows(found, events, step, n, 0.0, rows, total)
        if pairs:
            for part, array in enumerate((x0, v0, a0, s.x, s.v, a1)):
                pairs_of(array, p[part])
            events = passages_within(APPROACH, p[0], p[1], p[2], p[3], p[4], p[5], h, p[0], p[0], found)
            total = copy_rows(found, events, step, n, near * near, rows, total)
        total = lose(s, f, x0, step, rows, total)
        a0[:] = a1
        for i in range(n):
            if not s.alive[i]:
                a0[i] = 0.0
    return count, total


@inner
def copy_rows(found: Floats, events: int, step: int, n: int, square: float, rows: Floats, total: int) -> int:
    """Append events of one step; those of pairs (square > 0) only within that distance, their index as two bodies."""
    for event in range(events):
        row = found[event]
        a, b = int(row[2]), -1
        if square > 0.0:
            if row[5] * row[5] + row[6] * row[6] + row[7] * row[7] > square:
                continue
            first, rest = 0, a
            while rest >= n - 1 - first:
                rest -= n - 1 - first
                first += 1
            a, b = first, first + 1 + rest
        out = rows[total]
        out[0], out[1], out[2], out[3], out[4], out[5] = step, row[0], row[1], a, b, row[4]
        out[6], out[7], out[8] = row[5], row[6], row[7]
        total += 1
    return total


@inner
def lose(s: Swarm, f: Fields, x0: Floats, step: int, rows: Floats, total: int) -> int:
    """Particles that passed the wall in the step stop there, where the chord meets it."""
    if f.wall <= 0.0:
        return total
    for i in range(s.x.shape[0]):
        outside = s.x[i, 0] ** 2 + s.x[i, 1] ** 2 + s.x[i, 2] ** 2 >= f.wall * f.wall
        if not (s.alive[i] and outside):
            continue
        a, b, c = 0.0, 0.0, -f.wall * f.wall
        for k in range(3):
            d = s.x[i, k] - x0[i, k]
            a += d * d
            b += x0[i, k] * d
            c += x0[i, k] * x0[i, k]
        share = min(1.0, max(0.0, (-b + sqrt(max(b * b - a * c, 0.0))) / a)) if a > 0.0 else 1.0
        speed = 0.0
        out = rows[total]
        for k in range(3):
            s.x[i, k] = x0[i, k] + share * (s.x[i, k] - x0[i, k])
            out[6 + k] = s.x[i, k]
            speed += s.v[i, k] * s.v[i, k]
            s.v[i, k] = 0.0
        out[0], out[1], out[2], out[3], out[4], out[5] = step, share, WALL, i, -1, sqrt(speed)
        s.alive[i] = 0
        total += 1
    return total


@kernel
def energies(s: Swarm, f: Fields, out: Floats) -> None:
    """out (2, n): kinetic energy, and potential energy in the static fields (with half of the mutual one)."""
    n = s.x.shape[0]
    for i in range(n):
        x, y, z = s.x[i, 0], s.x[i, 1], s.x[i, 2]
        out[0, i] = 0.5 * s.mass[i] * (s.v[i, 0] ** 2 + s.v[i, 1] ** 2 + s.v[i, 2] ** 2)
        volts = 0.5 * f.trap * (z * z - 0.5 * (x * x + y * y)) - (f.e[0] * x + f.e[1] * y + f.e[2] * z)
        out[1, i] = s.charge[i] * volts + s.mass[i] * s.weight[i] * f.fall * z
        if f.mutual:
            for j in range(n):
                if j != i and s.alive[i] and s.alive[j]:
                    dx, dy, dz = x - s.x[j, 0], y - s.x[j, 1], z - s.x[j, 2]
                    r = sqrt(dx * dx + dy * dy + dz * dz + f.soft * f.soft)
                    out[1, i] += 0.5 * COULOMB * s.charge[i] * s.charge[j] / r


@kernel
def measure(s: Swarm, f: Fields, out: Floats) -> float:
    """out[0] = speeds, out[1] = magnetic moments m v_perp^2 / (2 B). Returns the root mean square size of the cloud."""
    n = s.x.shape[0]
    b, middle = np.empty(3), np.zeros(3)
    for i in range(n):
        magnetic(f, s.x[i], b)
        square, along, size = 0.0, 0.0, 0.0
        for k in range(3):
            square += s.v[i, k] * s.v[i, k]
            along += s.v[i, k] * b[k]
            size += b[k] * b[k]
            middle[k] += s.x[i, k] / n
        out[0, i] = sqrt(square)
        out[1, i] = 0.5 * s.mass[i] * max(square - along * along / size, 0.0) / sqrt(size) if size > 0.0 else 0.0
    spread = 0.0
    for i in range(n):
        for k in range(3):
            spread += (s.x[i, k] - middle[k]) ** 2
    return sqrt(spread / n)


@kernel
def total(values: Floats) -> float:
    """The sum of values (m, n), added in order."""
    result = 0.0
    for row in values:
        for value in row:
            result += value
    return result
