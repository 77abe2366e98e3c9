"""Galaxies against closed forms, other integrators and sums in higher precision."""

from math import fsum, pi, sqrt
from typing import Any

import numpy as np
import pytest
from scipy import special
from scipy.integrate import solve_ivp

from harmonic_physics.engine.galaxy.cost import KMS_A_KPC_YR, G
from harmonic_physics.engine.galaxy.run import GalaxyRun
from harmonic_physics.engine.galaxy.start import draw, frame
from harmonic_physics.engine.kernels.octree import LEAF, grow
from harmonic_physics.engine.kernels.softened import direct
from harmonic_physics.engine.kernels.stars import harmonics
from harmonic_physics.engine.kernels.treewalk import feel
from harmonic_physics.engine.packing import pack
from harmonic_physics.engine.simulate import Result, header, joined
from harmonic_physics.engine.system import Start
from harmonic_physics.engine.systems.galaxy import GalaxySpec, GalaxySystem
from harmonic_physics.engine.timeline import Move, Timeline

SYSTEM = GalaxySystem()
CLUSTER: dict[str, Any] = {"name": "c", "form": "plummer", "count": 300, "mass": 1e10, "scale": 1.0}
ORBITER: dict[str, Any] = {
    "name": "o", "form": "plummer", "count": 10, "mass": 1.0, "scale": 6.0, "halo_mass": 1e11, "halo_scale": 4.0,
}  # fmt: skip


def run(spec: dict[str, Any], seed: int = 3, scale: float = 1.0, timeline: Timeline | None = None) -> Result:
    """A whole run in memory."""
    checked, environment = GalaxySpec.model_validate(spec), {"time_scale": scale}
    under_way = GalaxyRun(SYSTEM, checked, environment, seed, None, timeline or Timeline())
    chunks = []
    while not under_way.done:
        chunks.append(under_way.advance())
    start = Start(SYSTEM, checked, environment, SYSTEM.estimate(checked, environment))
    return Result(header(start, seed, under_way), *joined(chunks))


def cloud(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A Plummer sphere of n bodies of mass 1/n."""
    spec = GalaxySpec.model_validate(
        {"duration": 1.0, "frame_interval": 1e2, "galaxies": [CLUSTER | {"count": n}], "softening": 0.05}
    )
    return draw(spec, frame(spec), seed)["x"], np.full(n, 1.0 / n)


def field_of(x: np.ndarray, gm: np.ndarray, theta: float | None, eps: float = 0.05) -> np.ndarray:
    """By the direct sum (theta None) or the tree."""
    field = np.empty((4, x.shape[1]))
    if theta is None:
        direct(x, gm, eps * eps, 0, x.shape[1], field)
    else:
        feel(grow(x, gm), theta, eps * eps, field)
    return field


def test_the_direct_sum_is_exact() -> None:
    """Forces and potentials of bodies in the middle of tiles agree with sums rounded once, to 1e-14."""
    x, gm = cloud(300)
    field = field_of(x, gm, None)
    for i in (0, 127, 128, 299):
        square = ((x - x[:, i : i + 1]) ** 2).sum(axis=0) + 0.05**2
        others = np.arange(300) != i
        for k in range(3):
            exact = fsum((gm * (x[k] - x[k, i]) / square**1.5)[others])
            assert field[k, i] == pytest.approx(exact, abs=1e-14 * np.abs(field[:3, i]).max())
        assert field[3, i] == pytest.approx(-fsum((gm / np.sqrt(square))[others]), rel=1e-14)


def test_the_tree_keeps_its_declared_error() -> None:
    """At the default opening angle the median force error is below 6e-4 and 99 of 100 are below 6e-3."""
    x, gm = cloud(12_000)
    exact, found = field_of(x, gm, None), field_of(x, gm, 0.6)
    error = np.sqrt(((found - exact)[:3] ** 2).sum(axis=0) / (exact[:3] ** 2).sum(axis=0))
    assert np.median(error) < 6e-4
    assert np.quantile(error, 0.99) < 6e-3
    assert np.median(np.abs(found[3] / exact[3] - 1.0)) < 2e-4


def test_the_tree_becomes_the_direct_sum_when_no_cell_is_taken_whole() -> None:
    """At an opening angle of 0 every pair is summed: the same to rounding, for any order of the bodies."""
    x, gm = cloud(1500)
    x[:, 40:80] = x[:, 40:41]  # coincident bodies are no trouble
    assert np.abs(field_of(x, gm, 0.0) - field_of(x, gm, None)).max() < 1e-12
    shuffled = np.random.default_rng(0).permutation(1500)
    assert np.abs(field_of(x[:, shuffled], gm, 0.5) - field_of(x, gm, 0.5)[:, shuffled]).max() < 1e-12


def test_cells_hold_every_body_once() -> None:
    """Leaves partition the bodies; reaches bound them; the root's moments are those of all."""
    x, gm = cloud(5000)
    tree = grow(x, gm)
    leaves = tree.span[tree.child[:, 1] == 0]
    assert sorted((int(a), int(b)) for a, b in leaves)[0][0] == 0
    assert (leaves[:, 1] - leaves[:, 0]).max() <= LEAF
    assert (leaves[:, 1] - leaves[:, 0]).sum() == 5000
    for cell in range(0, len(tree.span), 97):
        inside = tree.x[:, tree.span[cell, 0] : tree.span[cell, 1]] - tree.moment[cell, :3, None]
        assert np.sqrt((inside**2).sum(axis=0).max()) <= tree.reach[cell] * (1 + 1e-12)
    centre = x.mean(axis=1)
    assert tree.moment[0, :3] == pytest.approx(centre, abs=1e-13)
    assert tree.moment[0, 4] == pytest.approx(((x[0] - centre[0]) ** 2).mean(), rel=1e-12)


def test_plummers_sphere_is_in_equilibrium() -> None:
    """Half of the mass is within 1.3 radii of a sphere cut at ten, and the virial ratio is 1 within sampling."""
    x, _ = cloud(20_000)
    radii = np.sort(np.sqrt((x**2).sum(axis=0)))
    whole = 10**3 / 101**1.5
    exact = 1 / sqrt((0.5 * whole) ** (-2 / 3) - 1)
    assert radii[10_000] == pytest.approx(exact, rel=0.02)
    found = run({"duration": 1e6, "frame_interval": 1e6, "galaxies": [CLUSTER | {"count": 2000}], "softening": 0.02})
    assert found.arrays["virial_ratio"][0] == pytest.approx(1.0, abs=0.05)


def test_a_disc_turns_as_freeman_says() -> None:
    """The mean speed of a cold exponential disc in its halo follows Freeman's Bessel functions (ApJ 160 (1970) 811)."""
    disc = {"name": "d", "count": 20_000, "mass": 4e10, "scale": 3.0, "toomre_q": 0.0, "thickness": 0.02,
            "halo_mass": 2e11, "halo_scale": 10.0}  # fmt: skip
    spec = GalaxySpec.model_validate(
        {"duration": 1.0, "frame_interval": 1e2, "galaxies": [disc], "softening": 0.05, "opening_angle": 0.4}
    )
    state = draw(spec, frame(spec), 1)
    x, v = state["x"], state["v"] * KMS_A_KPC_YR
    r = np.hypot(x[0], x[1])
    around = (x[0] * v[1] - x[1] * v[0]) / r
    for radius in (3.0, 6.0, 9.0):
        y = radius / 6.0
        bessel = special.i0(y) * special.k0(y) - special.i1(y) * special.k1(y)
        stars = 4 * pi * G * 4e10 / (2 * pi * 9.0) * 3.0 * y * y * bessel
        halo = G * 2e11 * radius**2 / (radius**2 + 100.0) ** 1.5
        ring = np.abs(r - radius) < 0.3
        assert around[ring].mean() == pytest.approx(sqrt(stars + halo), rel=0.03)


def test_momenta_and_energy_are_kept() -> None:
    """A direct sum keeps momentum and angular momentum to rounding, and energy to a ten-thousandth."""
    pair = [CLUSTER | {"position": [3, 1, 0], "velocity": [-40, 0, 0], "count": 100},
            CLUSTER | {"name": "b", "halo_mass": 1e10, "halo_scale": 2.0, "count": 100}]  # fmt: skip
    found = run({"duration": 1e8, "frame_interval": 1e7, "time_step": 2e5, "galaxies": pair})
    kept = found.header.certificate.invariants
    assert kept.pop("energy") < 1e-4
    assert max(kept.values()) < 1e-13


def test_the_leapfrog_is_of_second_order() -> None:
    """Halving the step divides the error of the tracers' places by four."""
    spec = {"duration": 4e7, "frame_interval": 4e7, "galaxies": [ORBITER], "tracers": 10}
    finest, *ends = (run(spec | {"time_step": h}).arrays["position"][-1] for h in (3.125e4, 1e6, 5e5, 2.5e5))
    errors = [np.abs(end - finest).max() for end in ends]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders == pytest.approx([2.0, 2.0], abs=0.1)


def test_passages_of_a_star_are_those_of_another_integrator() -> None:
    """Closest approaches and meridian passages in a Plummer halo agree with DOP853's events to 1e-5 of an orbit."""
    spec = {"duration": 5e8, "frame_interval": 1e7, "galaxies": [ORBITER], "tracers": 3, "time_step": 5e4}
    total = 0
    found = run(spec)
    for star in range(3):
        for kind, function in ((1, lambda t, y: y[:3] @ y[3:]), (0, lambda t, y: y[1])):
            function.direction = kind  # type: ignore[attr-defined]  # scipy's way: 1 is upwards, 0 is both
            y0 = np.concatenate([found.arrays["position"][0, 1 + star], found.arrays["velocity"][0, 1 + star]])
            span = (0, 5e8 / KMS_A_KPC_YR)
            exact = solve_ivp(_in_plummer, span, y0, "DOP853", rtol=1e-12, atol=1e-12, events=function)
            wanted = [t * KMS_A_KPC_YR for t, y in zip(exact.t_events[0], exact.y_events[0], strict=True)
                      if kind == 1 or y[0] > 0]  # fmt: skip
            mine = found.events.time[(found.events.kind == kind) & (found.events.body_a == 1 + star)]
            total += len(wanted)
            assert mine == pytest.approx(wanted, abs=2e3)
    assert total > 10


def _in_plummer(time: float, y: np.ndarray) -> np.ndarray:
    return np.concatenate([y[3:], -G * 1e11 * y[:3] / (y[:3] @ y[:3] + 16.0) ** 1.5])


def test_bars_and_arms_are_measured_as_defined() -> None:
    """A pure bar has A2/A0 = 1 at its angle, a pure two-armed logarithmic spiral strength 1, and a round disc none."""
    angle, axes = 0.7, np.eye(3)
    line = np.linspace(-3, 3, 4000)
    bar = np.array([line * np.cos(angle), line * np.sin(angle), 0 * line])
    out = np.zeros(6)
    harmonics(bar, np.zeros(3), axes, 1.0, out)
    assert out[0] == pytest.approx(1.0)
    assert 0.5 * np.arctan2(out[2], out[1]) == pytest.approx(angle)
    r = np.exp(np.random.default_rng(1).uniform(np.log(0.5), np.log(4.0), 40_000))
    phi = 2.5 * np.log(r) + np.pi * (np.arange(40_000) % 2)  # 2 phi - 5 ln r is constant
    harmonics(np.array([r * np.cos(phi), r * np.sin(phi), 0 * r]), np.zeros(3), axes, 1.0, out)
    assert out[3] == pytest.approx(1.0, abs=0.01)
    assert out[4] < 0.05
    phi = np.random.default_rng(2).uniform(0, 2 * np.pi, 40_000)
    harmonics(np.array([r * np.cos(phi), r * np.sin(phi), 0 * r]), np.zeros(3), axes, 1.0, out)
    assert out[0] < 0.02 and out[3:].max() < 0.03


def test_the_closest_approach_of_two_galaxies_is_told() -> None:
    """A head-on fall of two haloes tells one approach at the time of the symmetric closed form of energy."""
    spec = {"duration": 3e8, "frame_interval": 1e7, "tracers": 2, "time_step": 1e5, "galaxies": [
        ORBITER | {"name": "a", "position": [10, 1, 0], "velocity": [-200, 0, 0]},
        ORBITER | {"name": "b", "position": [-10, -1, 0], "velocity": [200, 0, 0]}]}  # fmt: skip
    found = run(spec)
    names = np.array(found.header.event_kinds)[found.events.kind]
    assert (names == "close_approach").sum() == 1
    met = int(np.flatnonzero(names == "close_approach")[0])
    apart = found.arrays["separation"][:, 1]
    frame_time = found.time[int(apart.argmin())]
    assert found.events.time[met] == pytest.approx(frame_time, abs=1e7)
    nearest, m = apart.min(), 1e11
    before = 0.5 * 0.5 * 400.0**2 - G * m / sqrt(20**2 + 2**2 + 32)
    speed = 2 * sqrt(before + G * m / sqrt(nearest**2 + 32))
    assert found.events.strength[met] == pytest.approx(speed, rel=0.01)


def test_gravity_switched_off_lets_stars_go_and_the_book_stays_balanced() -> None:
    """From the moment on, stars fly straight and some escape; the work of the change is no drift."""
    free = Timeline({"gravity_factor": [Move(2e7, 2e7, 0.0, "step")]})
    found = run({"duration": 6e7, "frame_interval": 1e7, "galaxies": [CLUSTER]}, timeline=free)
    v = found.arrays["velocity"][:, 1:]
    assert np.abs(v[-1] - v[3]).max() < 1e-9
    assert np.abs(v[1] - v[0]).max() > 1.0
    assert found.header.certificate.invariants["energy"] < 1e-3


def test_a_faster_clock_shows_the_same_motion() -> None:
    """Twice the time scale is at each frame where the plain run is at twice the time."""
    spec = {"duration": 2e7, "frame_interval": 1e6, "galaxies": [CLUSTER], "time_step": 1e5}
    plain, fast = run(spec), run(spec, scale=2.0)
    assert fast.arrays["position"][10] == pytest.approx(plain.arrays["position"][20], abs=1e-9)


def test_a_tree_run_resumes_bit_for_bit() -> None:
    """Frozen after every tick, thawed, and still the same bytes."""
    spec = GalaxySpec.model_validate({"duration": 3e6, "frame_interval": 1e6, "galaxies": [CLUSTER | {"count": 3000}]})
    whole = GalaxyRun(SYSTEM, spec, {"time_scale": 1.0}, 5, None, Timeline())
    while not whole.done:
        whole.advance()
    part = GalaxyRun(SYSTEM, spec, {"time_scale": 1.0}, 5, None, Timeline())
    while not part.done:
        part.seconds_a_step = 1.0  # one step a tick
        part.advance()
        part = GalaxyRun(SYSTEM, spec, {"time_scale": 1.0}, 5, part.checkpoint(), Timeline())
    assert pack(part.state) == pack(whole.state)
    assert "octree" in part.quality().method
