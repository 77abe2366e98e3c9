"""What a step of a galaxy costs and how long it may be, from the spec alone."""

from math import ceil, log2, sqrt

from harmonic_physics.engine.systems.galaxy import Galaxy, GalaxySpec

G = 4.30091727e-6
"""Newton's constant [kpc km^2 / (s^2 Msun)], CODATA and IAU values."""
KMS_A_KPC_YR = 977_792_221.67
"""km/s in one kpc a Julian year."""
STEPS_A_DYNAMICAL_TIME = 20
CROSSOVER = 2048
"""Stars up to which direct sums are used: measured, both cost 2 ms a step here."""


def dynamical_time(galaxy: Galaxy) -> float:
    """sqrt(s^3 / G M) at the scale radius with the mass inside it, stars and halo [yr]."""
    inside = (0.264 if galaxy.form == "disc" else 0.354) * galaxy.mass
    inside += galaxy.halo_mass / float((1 + (galaxy.halo_scale / galaxy.scale) ** 2) ** 1.5)
    return KMS_A_KPC_YR * sqrt(galaxy.scale**3 / (G * inside))


def longest_step(spec: GalaxySpec) -> float:
    """Longest step of the universe's own time [yr]."""
    if spec.time_step is not None:
        return spec.time_step
    return min(dynamical_time(galaxy) for galaxy in spec.galaxies) / STEPS_A_DYNAMICAL_TIME


def steps(spec: GalaxySpec, time_scale: float) -> int:
    """Steps of a whole run, equal ones in each frame interval."""
    a_frame = ceil(spec.frame_interval * time_scale / longest_step(spec) * (1 - 1e-12))
    return max(1, a_frame) * max(1, spec.frames - 1)


def seconds_a_step(spec: GalaxySpec) -> float:
    """On one core, measured: 0.8 ns a pair of the direct sum, or the tree's work that grows as N log N."""
    n = spec.count
    if n <= CROSSOVER:
        return 3e-5 + 8e-10 * n * n
    return float(n * log2(n) * 1.2e-7 * (0.6 / spec.opening_angle) ** 1.5)
