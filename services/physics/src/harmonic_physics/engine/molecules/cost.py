"""What a step of molecules costs, from the spec alone."""

from math import ceil, pi

from harmonic_physics.engine.systems.molecules import MoleculesSpec

LANES = 16
"""As in kernels.clusters, which is not imported here: it needs the compiler. A test compares them."""


def steps(spec: MoleculesSpec, time_scale: float) -> int:
    """Steps of a whole run, equal ones in each frame interval."""
    a_frame = ceil(spec.frame_interval * time_scale / spec.time_step * (1 - 1e-12))
    return max(1, a_frame) * max(1, spec.frames - 1)


def entries(spec: MoleculesSpec) -> float:
    """Atoms in reach of a cluster of LANES atoms, about."""
    r = spec.cutoff + spec.skin
    if spec.dimensions == 2:
        w = (LANES / spec.density) ** 0.5
        region = w * w + 4 * w * r + pi * r * r
    else:
        w = (LANES / spec.density) ** (1 / 3)
        region = w**3 + 6 * w * w * r + 3 * pi * w * r * r + 4 / 3 * pi * r**3
    return float(min(region * spec.density, 27.0 * spec.count))


def seconds_a_step(spec: MoleculesSpec) -> float:
    """On one core, measured: 19 ns an entry for sixteen lanes, lists again each tenth step, and the rest an atom."""
    return 6e-5 + spec.count * (entries(spec) / LANES * 2.0e-8 * 1.4 + 8e-8)
