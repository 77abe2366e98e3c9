"""What particles will cost: steps by the lightest body, collisions by kinetic theory. No numpy."""

from __future__ import annotations

from math import ceil, fsum, pi, prod, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonic_physics.engine.particles.input import Swarm
    from harmonic_physics.engine.systems.particles import ParticlesSpec

Values = dict[str, float]
STEPS_A_RELAXATION = 25.0
"""Steps in the time in which drag would stop the lightest body."""
MEETING_SECONDS, LASTING_SECONDS, STEP_SECONDS, CHARGE_SECONDS = 1.8e-6, 3e-7, 2.5e-7, 6e-9
"""Measured cost of a meeting with all that it entails, of one of a lasting contact, of a body in a kick, of a pair of
charges."""
FRAME_SECONDS, BODY_FRAME_SECONDS = 7e-5, 2e-7
"""Of a frame, and of a body in it."""
LEFT = 0.4
"""Bodies that are still there, on average over a run, where they fall through an absorbing face."""


def drag_rates(environment: Values, radius: float, mass: float) -> tuple[float, float]:
    """gamma [1/s] and kappa [1/m] of dv/dt = -(gamma + kappa |v|) v for a sphere.

    Stokes: 6 pi mu r / m; Newton: rho C_d pi r^2 / (2 m).
    """
    gamma = 6 * pi * environment["viscosity"] * radius / mass
    kappa = 0.5 * environment["fluid_density"] * environment["air_resistance"] * pi * radius**2 / mass
    return gamma, kappa


def has_drag(environment: Values) -> bool:
    """Whether the medium slows bodies at all."""
    return environment["viscosity"] > 0 or environment["fluid_density"] * environment["air_resistance"] > 0


def mass_of(environment: Values, radius: float, mass: float | None) -> float:
    """The mass given, or density times volume."""
    from harmonic_physics.engine.systems.particles import volume

    return mass if mass is not None else max(environment["density"], 1e-9) * volume(radius)


def kicked(spec: ParticlesSpec, parameters: Values) -> bool:
    """Whether something acts between contacts that is not uniform gravity."""
    forces = bool(spec.fields) and parameters["field_strength"] != 0
    charges = spec.charged and parameters["coulomb_constant"] > 0
    buoyant = parameters["buoyancy"] * parameters["fluid_density"] > 0
    return has_drag(parameters) or forces or charges or buoyant or parameters["thermostat"] > 0


def longest_step(spec: ParticlesSpec, parameters: Values) -> float:
    """The longest kick, in the universe's own seconds."""
    from harmonic_physics.engine.systems.particles import fastest_fall

    kinds = [(b.radius, b.mass, _speed(b.velocity)) for b in spec.bodies]
    kinds += [(r, s.mass, 3 * s.speed) for s in spec.random for r in (s.radius_min, s.radius_max)]
    fall = fastest_fall(spec, parameters["gravity"])
    rate = 0.0
    for radius, mass, speed in kinds:
        gamma, kappa = drag_rates(parameters, radius, mass_of(parameters, radius, mass))
        rate = max(rate, gamma + kappa * (speed + fall))
    return min(spec.time_step, 1 / (STEPS_A_RELAXATION * rate)) if rate > 0 else spec.time_step


def cost(spec: ParticlesSpec, environment: Values) -> tuple[float, int]:
    """Estimated seconds of one core, and steps or meetings."""
    parameters = environment | tuned(spec)
    n = spec.count
    meetings = free_rate(spec, parameters) * spec.duration
    lasting = resting_rate(spec, parameters) * spec.duration if _is_pressed(spec, parameters) else 0.0
    seconds = (
        0.002
        + n * 3e-5
        + spec.frames * (FRAME_SECONDS + n * BODY_FRAME_SECONDS)
        + meetings * MEETING_SECONDS * (1 + 0.3 * (spec.dimensions == 3))
        + lasting * LASTING_SECONDS
    )
    steps = 0
    if kicked(spec, parameters):
        a_frame = ceil(spec.frame_interval * parameters["time_scale"] / longest_step(spec, parameters))
        steps = a_frame * (spec.frames - 1)
        fall_out = _is_pressed(spec, parameters) and any("absorb" in pair for pair in spec.faces)
        seconds += steps * kick_seconds(spec) * (LEFT if fall_out else 1.0)
    return seconds, int(steps + meetings + lasting)


def tuned(spec: ParticlesSpec) -> Values:
    """The numbers of the spec that may change on the way."""
    names = ("field_strength", "coulomb_constant", "buoyancy", "thermostat")
    return {name: float(getattr(spec, name)) for name in names}


def kick_seconds(spec: ParticlesSpec) -> float:
    """One kick of all bodies, and the predictions after it."""
    n = spec.count
    charges = 0.5 * n * n * CHARGE_SECONDS if spec.charged else 0.0
    crowded = 1 + 0.5 * (spec.dimensions == 3) + _spread(spec)
    return n * (STEP_SECONDS * crowded + 2e-8 * len(spec.fields)) + charges + 1e-6


def _spread(spec: ParticlesSpec) -> float:
    """Bodies that share a cell because one of them is wide."""
    widest = 2 * max([b.radius for b in spec.bodies] + [s.radius_max for s in spec.random])
    return float(min(spec.count, spec.count * widest**spec.dimensions / prod(spec.size)))


def meeting_rate(spec: ParticlesSpec, parameters: Values) -> float:
    """Meetings a second: those of free bodies, and lasting contacts."""
    return float(free_rate(spec, parameters) + resting_rate(spec, parameters))


def free_rate(spec: ParticlesSpec, parameters: Values) -> float:
    """Meetings a second: collisions of a dilute gas in the box, and with walls."""
    from harmonic_physics.engine.systems.particles import fastest_fall

    n, d, scale = spec.count, spec.dimensions, parameters["time_scale"]
    squares = fsum(_speed(b.velocity) ** 2 for b in spec.bodies) + fsum(s.count * s.speed**2 for s in spec.random)
    speed = scale * (sqrt(squares / n) + fastest_fall(spec, parameters["gravity"]) / 2)
    width = 2 * (fsum(b.radius for b in spec.bodies) + fsum(s.count * _mean(s) for s in spec.random)) / n
    section = 2 * width if d == 2 else pi * width**2
    if any("none" in pair for pair in spec.faces):
        gas = n * 10.0 / spec.duration
    else:
        gas = n * (n - 1) / 2 / prod(spec.size) * section * 1.41 * speed
    walls = n * speed * fsum(1 / length for length in spec.size)
    return float(gas + walls)


def resting_rate(spec: ParticlesSpec, parameters: Values) -> float:
    """Meetings a second of half the bodies, should they come to rest on a wall."""
    falls = parameters["gravity"] > 0 or spec.gravity_vector or spec.fields
    if parameters["elasticity"] < 1 and falls and any("bounce" in pair for pair in spec.faces):
        return 0.5 * spec.count * parameters["time_scale"] / spec.contact_time
    return 0.0


def _is_pressed(spec: ParticlesSpec, parameters: Values) -> bool:
    """Whether something steady drives bodies to a wall; a field with a centre keeps them off it."""
    heavy = parameters["gravity"] > 0 or bool(spec.gravity_vector)
    return heavy or any(field.kind == "directional" for field in spec.fields)


def _mean(swarm: Swarm) -> float:
    return (swarm.radius_min + swarm.radius_max) / 2


def _speed(velocity: list[float] | None) -> float:
    return sqrt(fsum(component**2 for component in velocity or []))
