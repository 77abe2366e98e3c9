"""What particles will cost: steps of drag by the lightest body, collisions by kinetic theory. No numpy."""

from math import ceil, fsum, pi, prod, sqrt

from harmonic_physics.engine.systems.particles import ParticlesSpec, Swarm, fastest_fall, volume

STEPS_A_RELAXATION = 25.0
"""Drag steps in the time in which drag would stop the lightest body."""
TEST_SECONDS, IMAGE_SECONDS, MEETING_SECONDS, STEP_SECONDS = 7e-9, 1.7e-9, 4e-7, 6e-8
"""Measured cost of testing a pair, each image of it, of handling a meeting, of one body in a drag step; one core."""


def drag_rates(environment: dict[str, float], radius: float, mass: float) -> tuple[float, float]:
    """gamma [1/s] and kappa [1/m] of dv/dt = -(gamma + kappa |v|) v for a sphere.

    Stokes: 6 pi mu r / m; Newton: rho C_d pi r^2 / (2 m). The time scale s multiplies gamma alone (t = s t').
    """
    gamma = 6 * pi * environment["viscosity"] * radius / mass * environment["time_scale"]
    kappa = 0.5 * environment["fluid_density"] * environment["air_resistance"] * pi * radius**2 / mass
    return gamma, kappa


def has_drag(environment: dict[str, float]) -> bool:
    """Whether the medium slows bodies at all."""
    return environment["viscosity"] > 0 or environment["fluid_density"] * environment["air_resistance"] > 0


def mass_of(environment: dict[str, float], radius: float, mass: float | None) -> float:
    """The mass given, or density times volume."""
    return mass if mass is not None else max(environment["density"], 1e-9) * volume(radius)


def drag_steps(spec: ParticlesSpec, environment: dict[str, float]) -> int:
    """Steps of drag in one frame; 0 where there is no medium."""
    if not has_drag(environment):
        return 0
    kinds = [(b.radius, b.mass, _speed(b.velocity)) for b in spec.bodies]
    kinds += [(r, s.mass, 3 * s.speed) for s in spec.random for r in (s.radius_min, s.radius_max)]
    scale = environment["time_scale"]
    fall = fastest_fall(spec, environment["gravity"])
    rate = 0.0
    for radius, mass, speed in kinds:
        gamma, kappa = drag_rates(environment, radius, mass_of(environment, radius, mass))
        rate = max(rate, gamma + kappa * (speed + fall) * scale)
    step = min(spec.time_step, 1 / (STEPS_A_RELAXATION * rate)) if rate > 0 else spec.time_step
    return max(1, ceil(spec.frame_interval / step))


def cost(spec: ParticlesSpec, environment: dict[str, float]) -> tuple[float, int]:
    """Estimated seconds of one core, and steps or meetings."""
    n, d = spec.count, spec.dimensions
    images = 3 ** sum(face == "wrap" for face in spec.faces)
    test = TEST_SECONDS + (images * IMAGE_SECONDS if images > 1 else 0.0)
    meetings = _meetings(spec, environment)
    steps = drag_steps(spec, environment) * (spec.frames - 1)
    frames = spec.frames * n * 2e-8
    if not steps:
        return 0.02 + frames + meetings * (MEETING_SECONDS + 4.5 * n * test), int(meetings)
    neighbours = min(n, 2.0**d + 2)
    per_step = n * (STEP_SECONDS + neighbours * test) + 3e-7
    lists = n * n * 3e-11
    return 0.02 + frames + steps * (per_step + lists) + meetings * (MEETING_SECONDS + 2e-9 * n), int(steps + meetings)


def _meetings(spec: ParticlesSpec, environment: dict[str, float]) -> float:
    """Collision rates of a dilute gas in the box, meetings with walls, and lasting contacts on the floor."""
    n, d, scale = spec.count, spec.dimensions, environment["time_scale"]
    squares = fsum(_speed(b.velocity) ** 2 for b in spec.bodies) + fsum(s.count * s.speed**2 for s in spec.random)
    [b.radius for b in spec.bodies] + [(s.radius_min + s.radius_max) / 2 for s in spec.random for _ in range(s.count)]
    speed = scale * (sqrt(squares / n) + fastest_fall(spec, environment["gravity"]) / 2)
    width = 2 * (fsum(b.radius for b in spec.bodies) + fsum(s.count * _mean(s) for s in spec.random)) / n
    section = 2 * width if d == 2 else pi * width**2
    if "none" in spec.faces:
        gas = n * 10.0
    else:
        gas = n * (n - 1) / 2 / prod(spec.size) * section * 1.41 * speed * spec.duration
    walls = n * spec.duration * speed * fsum(1 / length for length in spec.size)
    resting = 0.0
    if environment["elasticity"] < 1 and environment["gravity"] > 0 and spec.faces[-1] == "bounce":
        resting = 0.5 * n * spec.duration / spec.contact_time
    return gas + walls + resting


def _mean(swarm: Swarm) -> float:
    return (swarm.radius_min + swarm.radius_max) / 2


def _speed(velocity: list[float] | None) -> float:
    return sqrt(fsum(component**2 for component in velocity or []))
