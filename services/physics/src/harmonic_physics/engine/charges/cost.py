"""How long a step of charges may be, and what it costs, from the spec alone."""

from math import ceil, fsum, pi, sqrt

from harmonic_physics.engine.systems.charges import ChargesSpec

STEPS_A_TURN = 64


def fastest(spec: ChargesSpec) -> float:
    """The largest angular frequency of a turn or swing, without the tunable factors [rad/s]."""
    ratios = [abs(p.charge) / p.mass for p in spec.particles] + [abs(c.charge) / c.mass for c in spec.clouds]
    ratio = max(ratios)
    b = sqrt(fsum(c * c for c in spec.magnetic))
    if spec.mirror_length:
        b *= 2.0
    rates = [ratio * b, sqrt(ratio * (abs(spec.trap_voltage) + spec.rf_voltage)) / spec.trap_size]
    rates += [2 * pi * spec.rf_frequency] if spec.rf_voltage else []
    rates += [2 * pi * spec.gap_frequency] if spec.gap_voltage else []
    return max(rates)


def longest_step(spec: ChargesSpec) -> float:
    """Longest step of the universe's own time [s]."""
    if spec.time_step is not None:
        return spec.time_step
    rate = fastest(spec)
    natural = 2 * pi / rate / STEPS_A_TURN if rate > 0 else spec.duration / 1000
    return min(natural, spec.duration / 100)


def steps(spec: ChargesSpec, time_scale: float) -> int:
    """Steps of a whole run, equal ones in each frame interval."""
    a_frame = ceil(spec.frame_interval * time_scale / longest_step(spec) * (1 - 1e-12))
    return max(1, a_frame) * max(1, spec.frames - 1)


def seconds_a_step(spec: ChargesSpec) -> float:
    """On one core, measured."""
    pairs = spec.count * (spec.count - 1) / 2 if spec.interaction else 0
    return 2e-7 + 1.3e-7 * spec.count + 4e-8 * pairs
