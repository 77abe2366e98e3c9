"""Molecules against LAMMPS's printed benchmark, slow sums, closed forms and the laws of heat."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from harmonic_physics.engine.kernels import baths, clusters
from harmonic_physics.engine.molecules import cost
from harmonic_physics.engine.molecules.run import MoleculesRun
from harmonic_physics.engine.simulate import Result, header, joined
from harmonic_physics.engine.system import Start
from harmonic_physics.engine.systems.molecules import Molecules, MoleculesSpec
from harmonic_physics.engine.timeline import Timeline

SYSTEM = Molecules()
ARGON = 119.8
MELT: dict[str, Any] = {
    "duration": 0.5, "frame_interval": 0.5, "dimensions": 3, "count": 32_000, "density": 0.8442, "time_step": 0.005,
    "thermostat": "none", "truncation": "truncated", "skin": 0.3, "initial_temperature": 1.44 * ARGON,
}  # fmt: skip
"""LAMMPS, bench/in.lj: 32,000 atoms on fcc sites, plainly truncated at 2.5."""
SHEET: dict[str, Any] = {"duration": 4.0, "frame_interval": 0.1, "count": 200, "density": 0.8, "thermostat": "none"}


def begin(spec: dict[str, Any], temperature: float = 120.0, seed: int = 3, scale: float = 1.0) -> MoleculesRun:
    """A run at its start."""
    environment = {"temperature": temperature, "time_scale": scale}
    return MoleculesRun(SYSTEM, MoleculesSpec.model_validate(spec), environment, seed, None, Timeline())


def finish(run: MoleculesRun) -> Result:
    """Run to the end."""
    chunks = []
    while not run.done:
        chunks.append(run.advance())
    start = Start(SYSTEM, run.spec, {}, SYSTEM.estimate(run.spec, {"time_scale": 1.0}))
    return Result(header(start, run.seed, run), *joined(chunks))


def park_and_miller(place: np.ndarray, seed: int = 87287) -> list[float]:
    """Three of LAMMPS's random numbers at a place: Jenkins' one-at-a-time hash of seed and place, then 16807 x."""
    state = 0
    for byte in np.int32(seed).tobytes() + place.tobytes():
        state = (state + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
        state = (state + (state << 10)) & 0xFFFFFFFF
        state ^= state >> 6
    state = (state + (state << 3)) & 0xFFFFFFFF
    state ^= state >> 11
    state = (state + (state << 15)) & 0xFFFFFFFF
    number = (state & 0x7FFFFFF) or 1
    found = []
    for _ in range(8):
        number = number * 16807 % 2147483647
        found.append(number / 2147483647)
    return found[5:]


def lammps_velocities() -> np.ndarray:
    """`velocity all create 1.44 87287 loop geom`, in the order of the crystal's sites (32,000, 3)."""
    scale = (4 / 1 / 0.8442) ** (1 / 3)
    sites = [
        ((i + a) * scale, (j + b) * scale, (k + c) * scale)
        for k in range(20) for j in range(20) for i in range(20)
        for a, b, c in ((0.0, 0.0, 0.0), (0.5, 0.5, 0.0), (0.5, 0.0, 0.5), (0.0, 0.5, 0.5))
    ]  # fmt: skip
    v = np.array([park_and_miller(np.array(site)) for site in sites]) - 0.5
    v -= v.mean(axis=0)
    return np.asarray(v * sqrt(1.44 * 3 * 31_999 / (v**2).sum()))


def test_the_melt_has_lammps_values_at_its_start() -> None:
    """Step 0 to all printed digits: 1e-8 relative in energy."""
    at = begin(MELT).observe()
    assert at["temperature"] / ARGON == pytest.approx(1.44, rel=1e-12)
    assert at["potential_energy"] == pytest.approx(-6.7733681, abs=5.1e-8)
    assert at["energy"] == pytest.approx(-4.6134356, abs=5.1e-8)
    assert at["pressure"] == pytest.approx(-5.0197073, abs=5.1e-8)


@pytest.mark.slow
def test_the_melt_has_lammps_values_after_a_hundred_steps() -> None:
    """From LAMMPS's own velocities: temperature to 1e-5, energies to 2e-5.

    LAMMPS makes its lists anew each twenty steps without a look, and misses pairs that our lists have: that is all
    of the difference, as the next test shows.
    """
    run = begin(MELT)
    run.own_state["v"][:] = lammps_velocities().T[:, run.name]
    at = finish(run).arrays
    assert at["temperature"][1] / ARGON == pytest.approx(0.7574531, abs=1e-5)
    assert at["potential_energy"][1] == pytest.approx(-5.7585055, abs=2e-5)
    assert at["energy"][1] == pytest.approx(-4.6223614, abs=2e-5)
    assert at["pressure"][1] == pytest.approx(0.2072611, abs=2e-4)


@pytest.mark.slow
def test_with_lammps_habit_the_melt_has_its_printed_values_after_a_hundred_steps() -> None:
    """From the same start, with lists of pairs within 2.8 each twenty steps: all seven digits."""
    run = begin(MELT)
    x, v, side = run.own_state["x"].T[np.argsort(run.name)], lammps_velocities(), float(run.box[0])
    f = np.zeros_like(x)
    for step in range(101):
        if step:
            v += 0.0025 * f
            x += 0.005 * v
        if step % 20 == 0:
            x %= side
            pairs = cKDTree(x, boxsize=side).query_pairs(2.8, output_type="ndarray")
        d = x[pairs[:, 0]] - x[pairs[:, 1]]
        d -= side * np.round(d / side)
        r2 = (d**2).sum(axis=1)
        w6 = np.where(r2 < 6.25, r2, np.inf) ** -3.0
        along = 24 * w6 * (2 * w6 - 1)
        pull = d * (along / r2)[:, None]
        for k in range(3):
            f[:, k] = np.bincount(pairs[:, 0], pull[:, k], 32_000) - np.bincount(pairs[:, 1], pull[:, k], 32_000)
        v += 0.0025 * f if step else 0.0
    potential, kinetic = (4 * w6 * (w6 - 1)).sum() / 32_000, 0.5 * (v**2).sum()
    assert 2 * kinetic / 95_997 == pytest.approx(0.7574531, abs=1.1e-7)
    assert potential == pytest.approx(-5.7585055, abs=1.1e-7)
    assert potential + kinetic / 32_000 == pytest.approx(-4.6223614, abs=1.1e-7)
    assert (2 * kinetic + along.sum()) / (3 * side**3) == pytest.approx(0.2072611, abs=1.1e-7)


@pytest.mark.parametrize(("dimensions", "count", "density"), [(2, 60, 0.7), (3, 120, 0.8), (3, 200, 0.3)])
def test_forces_are_those_of_all_pairs_and_images(dimensions: int, count: int, density: float) -> None:
    """Lists, lanes and images give the plain double sum over all pairs in small boxes, and its energy and virial."""
    run = begin({"duration": 1.0, "frame_interval": 0.2, "count": count, "density": density, "dimensions": dimensions,
                 "thermostat": "none", "cutoff": 2.0, "skin": 0.2})  # fmt: skip
    while not run.done:
        run.advance()
    s, box = run.own_state, run.box
    energy, virial, forces = 0.0, 0.0, np.zeros((3, count))
    span = [range(-1, 2) if length else range(1) for length in box]
    for shift in [np.array([a, b, c]) * box for a in span[0] for b in span[1] for c in span[2]]:
        d = s["x"][:, :, None] - s["x"][:, None, :] - shift[:, None, None]
        r = np.sqrt((d**2).sum(axis=0))
        near = (r < 2.0) & (r > 0)
        r = np.where(near, r, 1.0)
        u = 4 * (r**-12 - r**-6) - run.u0 - (r - 2.0) * run.u1
        slope = -24 * (2 * r**-13 - r**-7) - run.u1
        energy += 0.5 * (u * near).sum()
        virial -= 0.5 * (slope * r * near).sum()
        forces -= (slope / r * near * d).sum(axis=2)
    assert s["sums"][0].sum() == pytest.approx(energy, rel=1e-12)
    assert s["sums"][1].sum() == pytest.approx(virial, rel=1e-11, abs=1e-10)
    assert np.abs(s["f"] - forces).max() < 1e-11 * np.abs(forces).max()


def test_lists_hold_every_pair_in_reach_and_each_atom_lies_in_one_cluster() -> None:
    """Against all pairs by brute force, for scattered atoms."""
    box = np.array([9.0, 7.0, 8.0])
    x = np.random.default_rng(1).random((3, 300)) * box[:, None]
    order, end = clusters.arrange(x, box)
    x = np.ascontiguousarray(x[:, order])
    lists = clusters.list_neighbours(x, box, end, 2.5)
    assert sorted(order) == list(range(300))
    assert lists.first[-1] == 300 and np.diff(lists.first).max() <= clusters.LANES == cost.LANES
    for c in range(len(lists.first) - 1):
        entries = lists.entry[lists.begin[c] : lists.begin[c + 1]]
        assert len(set(entries.tolist())) == len(entries)
        places = x[:, entries >> 5].T + lists.shift[entries & 31]
        for i in range(lists.first[c], lists.first[c + 1]):
            found = (((places - x[:, i]) ** 2).sum(axis=1) < 2.5**2).sum()
            gap = np.abs(x - x[:, i : i + 1])
            gap = np.minimum(gap, box[:, None] - gap)
            assert found == ((gap**2).sum(axis=0) < 2.5**2).sum()


def test_energy_errors_are_of_second_order_and_do_not_drift() -> None:
    """With the shifted force the energy's scatter falls by four for half the step, and its drift is below 1e-6."""
    spec = {"duration": 1.2, "frame_interval": 0.02, "dimensions": 3, "count": 500, "density": 0.8442,
            "thermostat": "none", "initial_temperature": 1.44 * ARGON, "tagged": 1}  # fmt: skip
    scatter = [finish(begin(spec | {"time_step": h})).arrays["energy"].std() for h in (4e-3, 2e-3, 1e-3)]
    assert np.log2(scatter[0] / scatter[2]) / 2 == pytest.approx(2.0, abs=0.1)
    long = finish(begin(spec | {"time_step": 2e-3, "duration": 20.0, "count": 256, "frame_interval": 0.1}))
    assert abs(np.polyfit(long.time[10:], long.arrays["energy"][10:], 1)[0]) < 1e-6


@pytest.mark.parametrize("thermostat", ["langevin", "bussi"])
def test_a_bath_brings_the_atoms_to_its_temperature(thermostat: str) -> None:
    """From half the bath's temperature, mean and variance of the kinetic energy become the canonical ones."""
    spec = {"duration": 150.0, "frame_interval": 0.25, "count": 64, "density": 0.4, "thermostat": thermostat,
            "coupling": 4.0, "initial_temperature": 100.0, "tagged": 1, "time_step": 0.008}  # fmt: skip
    result = finish(begin(spec, 200.0))
    t = result.arrays["temperature"][80:] / 200.0
    assert t.mean() == pytest.approx(1.0, abs=0.03)
    assert t.std() == pytest.approx(sqrt(2 / 126), rel=0.2)


def test_the_second_virial_coefficient_of_a_thin_gas() -> None:
    """P = rho T (1 + B2 rho), with B2 by quadrature of Mayer's function, to 1.5 percent of the ideal pressure."""
    spec = {"duration": 60.0, "frame_interval": 0.05, "dimensions": 3, "count": 250, "density": 0.05,
            "thermostat": "bussi", "tagged": 1, "time_step": 0.005}  # fmt: skip
    result = finish(begin(spec, 2.0 * ARGON))
    t = result.arrays["temperature"][200:] / ARGON
    run = begin(spec)
    r = np.linspace(1e-3, 2.5, 20_001)
    u = 4 * (r**-12 - r**-6) - run.u0 - (r - 2.5) * run.u1
    b2 = -2 * np.pi * np.trapezoid((np.exp(-u / 2.0) - 1) * r * r, r)
    virial = result.arrays["pressure"][200:] - 0.05 * t * 249 / 250
    measured = 1.0 + virial.mean() / (0.05 * 2.0)
    assert measured == pytest.approx(1 + 0.05 * b2, abs=0.015)


def test_perfect_crystals_have_their_bond_order() -> None:
    """|psi_6| = 1 of the triangular lattice and Q_6 = 0.57452 of fcc (Steinhardt et al. 1983); a liquid has little."""
    flat = begin({"duration": 1.0, "frame_interval": 1.0, "count": 224, "density": 0.9})
    assert flat.observe()["order"] == pytest.approx(1.0, abs=1e-9)
    solid = begin({"duration": 1.0, "frame_interval": 1.0, "count": 256, "density": 1.0, "dimensions": 3})
    assert solid.observe()["order"] == pytest.approx(0.57452, abs=1e-5)
    neighbours = solid.observe()["pair_distribution"]
    assert neighbours[: int(1.1 / 2.5 * 60)].sum() == 0.0


def test_melting_is_told_once_and_encounters_are_repulsive() -> None:
    """A sheet heated far above its melting point tells one melting, and encounters within the asked distance."""
    result = finish(begin({"duration": 12.0, "frame_interval": 0.1, "count": 200, "density": 0.8, "coupling": 2.0,
                           "initial_temperature": 5.0, "order_threshold": 0.4, "tagged": 8}, 400.0))  # fmt: skip
    kinds = result.events.kind
    assert (kinds == 1).sum() == 1
    assert result.arrays["order"][0] > 0.95 > 0.3 > result.arrays["order"][-1]
    assert (kinds == 0).sum() > 20
    assert result.events.strength[kinds == 0].min() >= 1.0


def test_an_encounter_of_two_atoms_is_timed_as_by_fine_steps() -> None:
    """The time of closest approach with a step of 0.004 is that of a step of 0.0005, to 1e-4."""
    times = []
    for h in (4e-3, 5e-4):
        result = finish(begin(SHEET | {"density": 0.3, "tagged": 200, "time_step": h, "duration": 0.4}, 240.0))
        times.append(result.events.time[:5])
    assert len(times[0]) == 5
    assert times[0] == pytest.approx(times[1], abs=1e-4)


def test_a_run_resumes_bit_for_bit_between_rebuilds_of_its_lists() -> None:
    """Frozen after every tick, thawed, and still the same bytes; twice the clock shows the same motion."""
    spec = SHEET | {"thermostat": "langevin", "dimensions": 3, "count": 300}
    whole, part = begin(spec), begin(spec)
    finish(whole)
    while not part.done:
        part.seconds_a_step = 0.01
        part.advance()
        part = MoleculesRun(
            SYSTEM, part.spec, {"temperature": 120.0, "time_scale": 1.0}, 3, part.checkpoint(), Timeline()
        )
    assert part.checkpoint() == whole.checkpoint()
    fast = finish(begin(SHEET | {"duration": 0.2, "time_step": 0.004}, scale=2.0))
    plain = finish(begin(SHEET | {"duration": 0.4, "time_step": 0.004}))
    assert fast.arrays["position"][2] == pytest.approx(plain.arrays["position"][4], abs=1e-9)


def test_bath_numbers_follow_their_laws() -> None:
    """A bath of infinite coupling draws the kinetic energy anew: its mean and spread are those of chi squared."""
    v = np.zeros((3, 10))
    values = []
    for step in range(4000):
        v[:2] = 1.0
        baths.rescale(v, 20.0, 1e3, 1.0, 1.0, 5, step)
        values.append((v[:2] ** 2).sum())
    assert np.mean(values) == pytest.approx(20.0, rel=0.02)
    assert np.var(values) == pytest.approx(40.0, rel=0.1)
