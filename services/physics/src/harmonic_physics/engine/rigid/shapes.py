"""Shapes: volumes, moments, extents; and the gap between two shapes of the plane."""

from math import cos, fsum, hypot, pi, prod, sin, sqrt

from harmonic_physics.engine.rigid.input import RigidBody, area

Point = tuple[float, float]
Pose = tuple[float, float, float]
"""x, y and angle."""


def volume(body: RigidBody, dimensions: int) -> float:
    """Volume; in the plane, of a slab one metre deep."""
    r, length = body.radius, body.length
    if body.shape == "box":
        return prod(body.size or [])
    if body.shape == "polygon":
        return area(body.corners or [])
    if body.shape == "circle":
        return pi * r**2
    if body.shape == "capsule":
        return pi * r**2 + 2 * r * length if dimensions == 2 else pi * r**2 * (length + 4 / 3 * r)
    if body.shape == "sphere":
        return 4 / 3 * pi * r**3
    return pi * r**2 * length * (1 / 3 if body.shape == "cone" else 1.0)


def mass_of(body: RigidBody, dimensions: int, density: float) -> float:
    """The mass given, or density times volume."""
    return body.mass if body.mass is not None else max(density, 1e-6) * volume(body, dimensions)


def extent(body: RigidBody) -> float | None:
    """Radius of the circle or sphere around the centre; none for a plane."""
    if body.shape == "plane":
        return None
    if body.shape == "box":
        return 0.5 * sqrt(fsum(side**2 for side in body.size or []))
    if body.shape == "polygon":
        return max(hypot(x, y) for x, y in core(body))
    if body.shape in ("circle", "sphere"):
        return body.radius
    if body.shape == "capsule":
        return body.length / 2 + body.radius
    return hypot(body.length * (0.75 if body.shape == "cone" else 0.5), body.radius)


def core(body: RigidBody) -> list[Point]:
    """Corners of a shape of the plane about its centre of mass, anticlockwise; circles and capsules: without radius."""
    if body.shape == "circle":
        return [(0.0, 0.0)]
    if body.shape == "capsule":
        return [(-body.length / 2, 0.0), (body.length / 2, 0.0)]
    if body.shape == "box":
        x, y = (side / 2 for side in body.size or [])
        return [(-x, -y), (x, -y), (x, y), (-x, y)]
    cx, cy = centroid(body)
    return [(x - cx, y - cy) for x, y in body.corners or []]


def skin(body: RigidBody) -> float:
    """The radius around the core."""
    return body.radius if body.shape in ("circle", "capsule") else 0.0


def centroid(body: RigidBody) -> Point:
    """Centre of mass of a polygon; the origin for other shapes."""
    corners = body.corners
    if corners is None:
        return (0.0, 0.0)
    pairs = [(corners[k], corners[(k + 1) % len(corners)]) for k in range(len(corners))]
    six = 6 * area(corners)
    x = fsum((p[0] + q[0]) * (p[0] * q[1] - q[0] * p[1]) for p, q in pairs) / six
    y = fsum((p[1] + q[1]) * (p[0] * q[1] - q[0] * p[1]) for p, q in pairs) / six
    return x, y


def moment(body: RigidBody, mass: float) -> float:
    """Moment of inertia in the plane about the centre of mass."""
    r, length = body.radius, body.length
    if body.shape == "circle":
        return 0.5 * mass * r**2
    if body.shape == "box":
        return mass * fsum(side**2 for side in body.size or []) / 12
    if body.shape == "capsule":
        middle, ends = 2 * r * length, pi * r**2
        share = mass / (middle + ends)
        caps = 0.5 * r**2 + length**2 / 4 + 4 * r * length / (3 * pi)
        return share * (middle * (length**2 + 4 * r**2) / 12 + ends * caps)
    corners = core(body)
    pairs = [(corners[k], corners[(k + 1) % len(corners)]) for k in range(len(corners))]
    weights = [p[0] * q[1] - q[0] * p[1] for p, q in pairs]
    squares = [p[0] ** 2 + p[0] * q[0] + q[0] ** 2 + p[1] ** 2 + p[1] * q[1] + q[1] ** 2 for p, q in pairs]
    return mass * fsum(w * s for w, s in zip(weights, squares, strict=True)) / (6 * fsum(weights))


def placed(points: list[Point], pose: Pose) -> list[Point]:
    """Points of a body in the world."""
    x, y, angle = pose
    c, s = cos(angle), sin(angle)
    return [(x + c * px - s * py, y + s * px + c * py) for px, py in points]


def gap(a: list[Point], b: list[Point], radii: float) -> float:
    """Signed distance of two convex shapes of the plane: negative where they overlap (by the least push apart)."""
    apart = max(_separation(a, b), _separation(b, a))
    if apart > 0 or (len(a) < 3 and len(b) < 3):
        apart = min(_distance(a, b), _distance(b, a))
    return apart - radii


def _separation(a: list[Point], b: list[Point]) -> float:
    """Largest gap along an outward normal of a; -inf for what has no inside."""
    if len(a) < 3:
        return -float("inf")
    best = -float("inf")
    for k in range(len(a)):
        (px, py), (qx, qy) = a[k], a[(k + 1) % len(a)]
        nx, ny = qy - py, px - qx
        size = hypot(nx, ny)
        best = max(best, min((x - px) * nx + (y - py) * ny for x, y in b) / size)
    return best


def _distance(a: list[Point], b: list[Point]) -> float:
    """Least distance of a corner of b from an edge of a."""
    best = float("inf")
    for k in range(len(a)):
        (px, py), (qx, qy) = a[k], a[(k + 1) % len(a)]
        dx, dy = qx - px, qy - py
        square = dx * dx + dy * dy
        for x, y in b:
            t = min(1.0, max(0.0, ((x - px) * dx + (y - py) * dy) / square)) if square > 0 else 0.0
            best = min(best, hypot(x - px - t * dx, y - py - t * dy))
    return best


def gap_along(a: RigidBody, b: RigidBody, start: tuple[Pose, Pose], end: tuple[Pose, Pose], share: float) -> float:
    """Signed distance of two bodies of the plane at a share of a step in which they move and turn steadily."""
    poses = [_between(p, q, share) for p, q in zip(start, end, strict=True)]
    return gap(placed(core(a), poses[0]), placed(core(b), poses[1]), skin(a) + skin(b))


def _between(p: Pose, q: Pose, share: float) -> Pose:
    return p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1]), p[2] + share * (q[2] - p[2])
