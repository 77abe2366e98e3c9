"""Stars at the start, and what is measured of them: places by their addresses in the seed, rings, bars, arms.

Angles enter by cos = x/R and sin = y/R and products of these alone, logarithms are our own: the same bits anywhere.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.elementary import arc_tangent_2, exponential, logarithm, sincos
from harmonic_physics.engine.kernels.randomness import TWO_PI, normals, uniforms

Floats = NDArray[np.float64]
EDGE_OF_DISC, EDGE_OF_SPHERE = 6.0, 10.0
"""Where discs and spheres end, in scale lengths."""
RINGS = 32
PITCHES = 41
PLACES, DEPTHS, SPEEDS, TURNS = range(4)
"""What a random address is for."""


@inner
def ring_radius(u: float) -> float:
    """R of an exponential disc of scale 1 with the share u of its mass inside: 1 - (1 + R) e^-R = u, by Newton."""
    whole = 1.0 - (1.0 + EDGE_OF_DISC) * exponential(-EDGE_OF_DISC)
    target, r = u * whole, 1.0
    for _ in range(60):
        e = exponential(-r)
        change = (1.0 - (1.0 + r) * e - target) / (r * e)
        r = min(EDGE_OF_DISC, max(0.25 * r, r - change))
        if abs(change) < 1e-14:
            break
    return r


@kernel
def place_disc(seed: int, stream: int, scale: float, height: float, x: Floats) -> None:
    """x (3, n): an exponential disc with a sech^2 profile of this height across it."""
    for i in range(x.shape[1]):
        u, v = uniforms(seed, stream, i, PLACES)
        w, _ = uniforms(seed, stream, i, DEPTHS)
        r = scale * ring_radius(u)
        sine, cosine = sincos(TWO_PI * v)
        x[0, i], x[1, i] = r * cosine, r * sine
        x[2, i] = 0.5 * height * logarithm(w / (1.0 - w))


@kernel
def place_sphere(seed: int, stream: int, scale: float, x: Floats) -> None:
    """x (3, n): Plummer's sphere (Aarseth, Henon and Wielen 1974), cut at EDGE_OF_SPHERE."""
    edge = EDGE_OF_SPHERE * EDGE_OF_SPHERE
    whole = edge * EDGE_OF_SPHERE / ((1.0 + edge) * sqrt(1.0 + edge))
    for i in range(x.shape[1]):
        u, v = uniforms(seed, stream, i, PLACES)
        w, _ = uniforms(seed, stream, i, DEPTHS)
        r = scale / sqrt(exponential(-2.0 / 3.0 * logarithm(u * whole)) - 1.0)
        z = 2.0 * w - 1.0
        across = r * sqrt(1.0 - z * z)
        sine, cosine = sincos(TWO_PI * v)
        x[0, i], x[1, i], x[2, i] = across * cosine, across * sine, r * z


@kernel
def move_sphere(seed: int, stream: int, phi: Floats, v: Floats) -> None:
    """v (3, n): isotropic, q^2 (1 - q^2)^(7/2) of the speed q over the escape speed sqrt(-2 phi)."""
    for i in range(v.shape[1]):
        q = 0.0
        for attempt in range(1000):
            q, height = uniforms(seed, stream, i, 16 + attempt)
            if 0.1 * height < q * q * (1.0 - q * q) ** 3 * sqrt(1.0 - q * q):
                break
        speed = q * sqrt(-2.0 * phi[i])
        u, w = uniforms(seed, stream, i, TURNS)
        z = 2.0 * u - 1.0
        sine, cosine = sincos(TWO_PI * w)
        across = speed * sqrt(1.0 - z * z)
        v[0, i], v[1, i], v[2, i] = across * cosine, across * sine, speed * z


@inner
def between(table: Floats, place: float) -> float:
    """Linear interpolation at a place in units of the table's spacing, held at the ends."""
    last = table.shape[0] - 1
    k = min(max(int(place), 0), last - 1)
    share = min(max(place - k, 0.0), 1.0)
    return float(table[k] + share * (table[k + 1] - table[k]))


@inner
def rotation(x: Floats, a: Floats, scale: float) -> Floats:
    """v_c^2 = -R a_R, the mean of rings that are EDGE / RINGS scales wide; the table's place 0 is R = 0."""
    total, count = np.zeros(RINGS), np.zeros(RINGS)
    for i in range(x.shape[1]):
        ring = int(sqrt(x[0, i] ** 2 + x[1, i] ** 2) / scale * (RINGS / EDGE_OF_DISC))
        if ring < RINGS:
            total[ring] -= x[0, i] * a[0, i] + x[1, i] * a[1, i]
            count[ring] += 1.0
    table = np.zeros(RINGS + 1)
    for ring in range(RINGS):  # the mean belongs to the ring's middle; halves of two rings give its edge
        table[ring + 1] = max(total[ring] / count[ring], 0.0) if count[ring] > 0.0 else table[ring]
    for ring in range(1, RINGS):
        table[ring] = 0.5 * (table[ring] + table[ring + 1])
    return table


@kernel
def move_disc(
    seed: int, stream: int, x: Floats, a: Floats, g_mass: float, scale: float, height: float, toomre: float, v: Floats
) -> None:
    """v (3, n): circular orbits in the measured field, warmed by Toomre's dispersions (Hernquist 1993, section 2.2)."""
    table = rotation(x, a, scale)
    per_ring = RINGS / (EDGE_OF_DISC * scale)
    density = g_mass / (TWO_PI * scale * scale)  # G Sigma at the centre
    solar = 2.5 * scale
    kappa = sqrt(epicyclic_square(table, solar, per_ring))
    sigma0 = toomre * 3.36 * density * exponential(-2.5) / kappa  # Q = kappa sigma / (3.36 G Sigma)
    for i in range(x.shape[1]):
        r = max(sqrt(x[0, i] ** 2 + x[1, i] ** 2), 0.05 * scale)
        circular = between(table, r * per_ring)
        ratio = epicyclic_square(table, r, per_ring) * r * r / (4.0 * max(circular, 1e-300))
        radial2 = min((sigma0 * sigma0) * exponential(2.5 - r / scale), 0.5 * circular)
        mean2 = circular + radial2 * (1.0 - ratio - 2.0 * r / scale)  # asymmetric drift (Binney and Tremaine 4.228)
        across2 = 0.5 * TWO_PI * density * exponential(-r / scale) * 0.5 * height
        n1, n2 = normals(seed, stream, i, SPEEDS)
        n3, _ = normals(seed, stream, i, TURNS)
        radial = n1 * sqrt(radial2)
        around = sqrt(max(mean2, 0.0)) + n2 * sqrt(radial2 * min(ratio, 1.0))
        cosine, sine = x[0, i] / r, x[1, i] / r
        v[0, i] = radial * cosine - around * sine
        v[1, i] = radial * sine + around * cosine
        v[2, i] = n3 * sqrt(across2)


@inner
def epicyclic_square(table: Floats, r: float, per_ring: float) -> float:
    """kappa^2 = (d v_c^2/dR) / R + 2 v_c^2 / R^2, held between Kepler's and the rigid body's."""
    step = 1.0 / per_ring
    slope = (between(table, (r + step) * per_ring) - between(table, (r - step) * per_ring)) / (2.0 * step)
    omega2 = max(between(table, r * per_ring), 1e-300) / (r * r)
    return min(max(slope / r + 2.0 * omega2, omega2), 4.0 * omega2)


@kernel
def harmonics(x: Floats, centre: Floats, axes: Floats, scale: float, out: Floats) -> None:
    """out (6,) = A2/A0, the bar's angle times 2 as cos and sin of A2, and the best log-spirals of 2, 3 and 4 arms.

    Stars x (3, n) about `centre`, in the plane of axes[0] and axes[1]. The bar's weights are 1 / (1 + (R / 2 scale)^4),
    the arms' are 1 from half a scale to four; the spiral of pitch p is |sum e^(i (m phi - p ln R))| / N.
    """
    weight, c2, s2 = 0.0, 0.0, 0.0
    rings = np.zeros((RINGS, 3, 2))
    count = 0.0
    for i in range(x.shape[1]):
        p, q = 0.0, 0.0
        for k in range(3):
            p += (x[k, i] - centre[k]) * axes[0, k]
            q += (x[k, i] - centre[k]) * axes[1, k]
        square = p * p + q * q
        if square == 0.0:
            continue
        u = square / (4.0 * scale * scale)
        w = 1.0 / (1.0 + u * u)
        c, s = (p * p - q * q) / square, 2.0 * p * q / square  # of the doubled angle
        weight += w
        c2 += w * c
        s2 += w * s
        t = square / (scale * scale)
        if 0.25 < t < 16.0:
            ring = min(int(0.5 * logarithm(4.0 * t) * (RINGS / 2.0794415416798357)), RINGS - 1)
            r = sqrt(square)
            c1, s1 = p / r, q / r
            rings[ring, 0, 0] += c
            rings[ring, 0, 1] += s
            rings[ring, 1, 0] += c * c1 - s * s1
            rings[ring, 1, 1] += s * c1 + c * s1
            rings[ring, 2, 0] += c * c - s * s
            rings[ring, 2, 1] += 2.0 * c * s
            count += 1.0
    out[0] = sqrt(c2 * c2 + s2 * s2) / max(weight, 1e-300)
    out[1], out[2] = c2, s2
    for m in range(3):
        out[3 + m] = best_spiral(rings[:, m]) / max(count, 1.0)


@inner
def best_spiral(rings: Floats) -> float:
    """The largest |sum over rings of F e^(-i p ln R)| for pitches p = -20..20."""
    best = 0.0
    for k in range(PITCHES):
        pitch = float(k - PITCHES // 2)
        re, im = 0.0, 0.0
        for ring in range(RINGS):
            sine, cosine = sincos(pitch * (ring + 0.5) * (2.0794415416798357 / RINGS))
            re += rings[ring, 0] * cosine + rings[ring, 1] * sine
            im += rings[ring, 1] * cosine - rings[ring, 0] * sine
        best = max(best, re * re + im * im)
    return sqrt(best)


@kernel
def ledger(x: Floats, v: Floats, gm: Floats, phi: Floats, out: Floats) -> None:
    """out (10,) += G m times kinetic energy, potential energy (half the pairs'), momentum, angular momentum, sizes."""
    for i in range(x.shape[1]):
        g = gm[i]
        vx, vy, vz = v[0, i], v[1, i], v[2, i]
        speed2 = vx * vx + vy * vy + vz * vz
        out[0] += 0.5 * g * speed2
        out[1] += 0.5 * g * phi[i]
        out[2] += g * vx
        out[3] += g * vy
        out[4] += g * vz
        lx = g * (x[1, i] * vz - x[2, i] * vy)
        ly = g * (x[2, i] * vx - x[0, i] * vz)
        lz = g * (x[0, i] * vy - x[1, i] * vx)
        out[5] += lx
        out[6] += ly
        out[7] += lz
        out[8] += g * sqrt(speed2)
        out[9] += sqrt(lx * lx + ly * ly + lz * lz)


@kernel
def sine_cosine(angle: float) -> tuple[float, float]:
    """sin and cos of an angle, for Python."""
    return sincos(angle)


@kernel
def squares(x: Floats) -> Floats:
    """|x|^2 of x (3, n)."""
    out = np.empty(x.shape[1])
    for i in range(x.shape[1]):
        out[i] = x[0, i] * x[0, i] + x[1, i] * x[1, i] + x[2, i] * x[2, i]
    return out


@kernel
def mean(x: Floats) -> float:
    """Of x (n,), added in order."""
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i]
    return float(total / x.shape[0])


@kernel
def centre(gm: Floats, x: Floats, core_gm: Floats, core: Floats) -> float:
    """The weighted mean of one component of stars and centres."""
    total, weight = 0.0, 0.0
    for i in range(x.shape[0]):
        total += gm[i] * x[i]
        weight += gm[i]
    for c in range(core.shape[0]):
        total += core_gm[c] * core[c]
        weight += core_gm[c]
    return float(total / weight)


@kernel
def offsets(x: Floats, point: Floats) -> Floats:
    """|x - point|^2 of x (3, n)."""
    out = np.empty(x.shape[1])
    for i in range(x.shape[1]):
        dx, dy, dz = x[0, i] - point[0], x[1, i] - point[1], x[2, i] - point[2]
        out[i] = dx * dx + dy * dy + dz * dz
    return out


@kernel
def half_angle(c: float, s: float) -> float:
    """Half of the angle of (c, s), in [0, pi)."""
    half = 0.5 * arc_tangent_2(s, c)
    return half if half >= 0.0 else half + 0.5 * TWO_PI
