"""Galaxies: the direct sum and the tree against REBOUND's, in the same run; force errors, momentum, growth with N."""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import physics_peers as peers
from bench import report
from bench.clock import best, in_turn
from bench.result import Figure, Measurement

Floats = NDArray[np.float64]
EPS = 0.05
DIRECT_N, TREE_N = 4096, 100_000
TIMES, TREE_TIMES = 5, 3
THETA, THEIR_THETA = 0.7, 0.5
"""Opening angles: ours is the one whose median force error is nearest below REBOUND's."""
SAMPLE = 1000
WIDE_BAR, NARROW_BAR, TREE_BAR, ERROR_BAR = 5.0, 2.5, 2.5, 1e-3
"""REBOUND's time over ours: the direct sum with AVX-512 and without, the tree; its median force error."""


def measure() -> Measurement:
    """One evaluation of all forces; REBOUND's is a leapfrog step, which has one."""
    figures, notes = [*_direct(), *_tree()], ["Ours gives the potential too, strict IEEE; REBOUND forces alone."]
    notes += [] if peers.found("rebound") is not None else [peers.missing("REBOUND")]
    return Measurement("physics_galaxy", "python -m bench.physics_galaxy", figures, notes)


def _direct() -> list[Figure]:
    from harmonic_physics.engine.kernels.softened import direct

    x, gm = cloud(DIRECT_N)
    field = np.empty((4, DIRECT_N))

    def ours() -> None:
        direct(x, gm, EPS**2, 0, DIRECT_N, field)

    name, rebound = f"direct sum, N = {DIRECT_N:,}", peers.found("rebound")
    if rebound is None:
        return [Figure(f"{name}, processor time", 1e3 * best(TIMES, ours), "ms")]
    step, _ = rebound_step(rebound, x, gm, "basic")
    mine, theirs = in_turn(TIMES, ours, step)
    bar, lanes = (WIDE_BAR, "with") if has_avx512() else (NARROW_BAR, "without")
    return [
        Figure(f"{name}, processor time", 1e3 * mine, "ms"),
        Figure(f"{name}, REBOUND's basic gravity over ours, {lanes} AVX-512", theirs / mine, "", bar, True),
    ]


def _tree() -> list[Figure]:
    from harmonic_physics.engine.kernels.octree import grow
    from harmonic_physics.engine.kernels.treewalk import feel

    x, gm = cloud(TREE_N)
    chosen = np.arange(0, TREE_N, TREE_N // SAMPLE)
    true, field = exact(x, gm, chosen), np.empty((4, TREE_N))

    def ours() -> None:
        feel(grow(x, gm), THETA, EPS**2, field)

    name, rebound = f"Barnes-Hut, N = {TREE_N:,}", peers.found("rebound")
    ratio = []
    if rebound is None:
        mine = best(TREE_TIMES, ours)
    else:
        step, felt = rebound_step(rebound, x, gm, "tree")
        their_error = float(np.median(errors(felt[:, chosen], true)))
        mine, theirs = in_turn(TREE_TIMES, ours, step)
        ratio = [
            Figure(f"{name}, REBOUND's tree over ours", theirs / mine, "", TREE_BAR, True),
            Figure(f"{name}, REBOUND's median force error", their_error, ""),
        ]
    error = errors(field[:3, chosen], true)
    net = np.abs((field[:3] * gm).sum(axis=1)).max()
    drift = float(net / gm.sum() / np.sqrt((field[:3] ** 2).sum(axis=0)).mean())
    return [
        Figure(f"{name}, processor time", 1e3 * mine, "ms"),
        *ratio,
        Figure(f"{name}, our median force error", float(np.median(error)), "", ERROR_BAR),
        Figure(f"{name}, 99th percentile of our force error", float(np.quantile(error, 0.99)), ""),
        Figure(f"{name}, momentum a time unit over mean force, raw", drift, ""),
        Figure("Barnes-Hut, exponent of the cost over N log N, 12,500 to 100,000 (1 is N log N)", growth(), ""),
    ]


def has_avx512() -> bool:
    """Whether the kernels are compiled for it here."""
    host = import_module("llvmlite.binding").get_host_cpu_features().flatten()
    return "+avx512f" in (os.environ.get("NUMBA_CPU_FEATURES") or host)


def cloud(n: int) -> tuple[Floats, Floats]:
    """A Plummer sphere of mass 1, cut at 20 radii."""
    draw = np.random.Generator(np.random.PCG64(1))
    radius = 1.0 / np.sqrt((draw.random(n) * 0.996) ** (-2.0 / 3.0) - 1.0)
    way = draw.standard_normal((3, n))
    return np.ascontiguousarray(way / np.sqrt((way**2).sum(axis=0)) * radius), np.full(n, 1.0 / n)


def exact(x: Floats, gm: Floats, chosen: NDArray[np.int64]) -> Floats:
    """Accelerations (3, chosen) by plain sums."""
    found = np.empty((3, len(chosen)))
    for column, i in enumerate(chosen):
        d = x - x[:, i : i + 1]
        found[:, column] = (gm * d / ((d**2).sum(axis=0) + EPS**2) ** 1.5).sum(axis=1)
    return found


def errors(found: Floats, true: Floats) -> Floats:
    """Relative force errors."""
    return np.asarray(np.sqrt(((found - true) ** 2).sum(axis=0) / (true**2).sum(axis=0)))


def rebound_step(rebound: Any, x: Floats, gm: Floats, gravity: str) -> tuple[Callable[[], Any], Floats]:
    """One leapfrog step (one force evaluation) of REBOUND, and the accelerations that its first one found."""
    simulation = rebound.Simulation()
    simulation.G, simulation.softening, simulation.integrator = 1.0, EPS, "leapfrog"
    simulation.gravity = gravity
    if gravity == "tree":
        simulation.root_size, simulation.opening_angle2 = 50.0, THEIR_THETA**2
    h = 1e-7
    simulation.dt = h
    for mass, place in zip(gm, x.T, strict=True):
        simulation.add(m=mass, x=place[0], y=place[1], z=place[2])
    simulation.steps(1)
    speeds = np.empty((len(gm), 3))
    simulation.serialize_particle_data(vxvyvz=speeds)
    return lambda: simulation.steps(1), np.ascontiguousarray(speeds.T) / h


def growth() -> float:
    """The exponent p of cost = (N log N)^p between 12,500 and 100,000 bodies."""
    from harmonic_physics.engine.kernels.octree import grow
    from harmonic_physics.engine.kernels.treewalk import feel

    costs, sizes = [], []
    for n in (12_500, 25_000, 50_000, 100_000):
        x, gm = cloud(n)
        field = np.empty((4, n))
        costs.append(best(TREE_TIMES, lambda x=x, gm=gm, field=field: feel(grow(x, gm), THETA, EPS**2, field)))  # type: ignore[misc]  # bound now
        sizes.append(n * np.log(n))
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


if __name__ == "__main__":
    report.show(measure())
