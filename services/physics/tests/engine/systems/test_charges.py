"""Charges against closed forms: gyration, drifts, traps, mirrors, the cyclotron's gain, Stokes' fall."""

from math import cos, pi, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from harmonic_physics.engine.charges.run import ChargesRun
from harmonic_physics.engine.kernels.boris import COULOMB
from harmonic_physics.engine.simulate import Result, header, joined
from harmonic_physics.engine.system import Start
from harmonic_physics.engine.systems.charges import Charges, ChargesSpec
from harmonic_physics.engine.timeline import Timeline

SYSTEM = Charges()
E, PROTON = 1.602176634e-19, 1.67262192e-27
VACUUM = {"gravity": 0.0, "temperature": 293.15, "fluid_density": 0.0, "viscosity": 0.0, "time_scale": 1.0}
TURN = 2 * pi * PROTON / E
"""Period of a proton in 1 T."""


def begin(spec: dict[str, Any], seed: int = 3, **environment: float) -> ChargesRun:
    """A run at its start, in vacuum but for what is said."""
    return ChargesRun(SYSTEM, ChargesSpec.model_validate(spec), VACUUM | environment, seed, None, Timeline())


def run(spec: dict[str, Any], **environment: float) -> Result:
    """A whole run in memory."""
    under_way = begin(spec, **environment)
    chunks = []
    while not under_way.done:
        chunks.append(under_way.advance())
    checked = ChargesSpec.model_validate(spec)
    start = Start(SYSTEM, checked, VACUUM, SYSTEM.estimate(checked, VACUUM))
    return Result(header(start, 3, under_way), *joined(chunks))


def proton(position: list[float], velocity: list[float], name: str = "p") -> dict[str, Any]:
    """A proton."""
    return {"name": name, "position": position, "velocity": velocity}


def test_the_speed_is_constant_without_electric_field() -> None:
    """Over 100,000 steps in a tilted uniform field and in a mirror: to 1e-12."""
    for mirror in (0.0, 0.4):
        spec = {"duration": 1000 * TURN, "frame_interval": 10 * TURN, "magnetic": [0.3, 0.1, 0.9],
                "time_step": TURN / 100, "mirror_length": mirror,
                "particles": [proton([0.01, 0, 0], [1e5, 0, 7e4])]}  # fmt: skip
        found = run(spec)
        assert found.header.certificate.steps >= 100_000
        assert np.abs(found.arrays["speed"] / sqrt(1.49e10) - 1).max() < 1e-12


def test_the_turn_has_its_period_and_radius() -> None:
    """The gyration's phase is exact at any step: after 500 turns the velocity is the first one again, to 1e-9."""
    spec = {"duration": 500 * TURN, "frame_interval": 500 * TURN, "magnetic": [0, 0, 1], "time_step": TURN / 64,
            "particles": [proton([0, 0, 0], [1e5, 0, 0])]}  # fmt: skip
    found = run(spec)
    assert found.arrays["velocity"][1, 0] == pytest.approx([1e5, 0, 0], abs=1e-4)
    assert np.abs(found.arrays["position"][1]).max() < 1e-9
    assert found.events.kind.tolist().count(0) == pytest.approx(1000, abs=1)  # x = 0 is crossed twice a turn
    arc = run(spec | {"duration": TURN, "frame_interval": TURN / 64})
    radius = PROTON * 1e5 / E
    assert np.ptp(arc.arrays["position"][:, 0, 1]) / 2 == pytest.approx(radius, rel=1e-3)


def test_crossed_fields_drift_as_e_over_b() -> None:
    """Particles of any mass and start drift with E x B / B^2 over whole turns, to 1e-4."""
    particles = [proton([0, 0, 0], [2e4, 0, 0]), proton([0, 0, 0], [0, -3e4, 0], "q") | {"mass": 4 * PROTON}]
    turns = 400
    spec = {"duration": turns * TURN, "frame_interval": 4 * TURN, "magnetic": [0, 0, 1], "electric": [0, -2e4, 0],
            "particles": particles}  # fmt: skip
    found = run(spec)
    drift = found.arrays["position"][-1] / (turns * TURN)
    assert drift[:, 0] == pytest.approx(-2e4, rel=1e-4)
    assert np.abs(drift[:, 1:]).max() < 2.0


def test_a_penning_trap_has_its_three_frequencies() -> None:
    """w_z^2 = qU/(m d^2), w_+- = w_c/2 +- sqrt(w_c^2/4 - w_z^2/2) (Brown and Gabrielse 1986)."""
    spec = {"duration": 4e-5, "frame_interval": 1e-6, "magnetic": [0, 0, 1.0], "trap_voltage": 50.0, "time_step": 1e-10,
            "particles": [proton([1e-3, 0, 5e-4], [0, 0, 0])]}  # fmt: skip
    found = run(spec)
    wc, wz2 = E / PROTON, E * 50 / (PROTON * 25e-6)
    plus, minus = wc / 2 + sqrt(wc**2 / 4 - wz2 / 2), wc / 2 - sqrt(wc**2 / 4 - wz2 / 2)
    t = found.time
    orbit = 1e-3 * (plus * np.exp(-1j * minus * t) - minus * np.exp(-1j * plus * t)) / (plus - minus)
    x = found.arrays["position"][:, 0]
    assert np.abs(x[:, 0] + 1j * x[:, 1] - orbit).max() < 2e-6
    assert np.abs(x[:, 2] - 5e-4 * np.cos(sqrt(wz2) * t)).max() < 1e-6
    turnings = found.events.time[found.events.kind == 1]
    assert np.diff(turnings).mean() == pytest.approx(pi / sqrt(wz2), rel=1e-4)


def test_the_push_is_of_second_order() -> None:
    """In the trap the error of place falls by four for half the step."""
    spec = {"duration": 2e-5, "frame_interval": 2e-5, "magnetic": [0, 0, 1.0], "trap_voltage": 50.0,
            "particles": [proton([1e-3, 0, 5e-4], [2e4, 0, 3e3])]}  # fmt: skip
    exact, *ends = (run(spec | {"time_step": h}).arrays["position"][-1] for h in (2.5e-11, 1.6e-9, 8e-10, 4e-10))
    errors = [np.abs(end - exact).max() for end in ends]
    assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([2.0, 2.0], abs=0.1)


def test_a_mirror_turns_particles_where_the_moment_says() -> None:
    """In the bottle the magnetic moment is kept, and the particle turns where B = B0 / sin^2 of its pitch angle."""
    pitch = pi / 3
    spec = {"duration": 1.5e-4, "frame_interval": 1e-7, "magnetic": [0, 0, 1.0], "mirror_length": 1.0,
            "particles": [proton([0, 0, 0], [0, 1e5 * sqrt(3) / 2, 1e5 * cos(pitch)])]}  # fmt: skip
    found = run(spec)
    moment = found.arrays["magnetic_moment"][:, 0]
    assert np.ptp(moment) < 0.01 * moment.mean()
    turns = found.events.kind == 1
    assert turns.sum() >= 4
    assert np.abs(found.events.position[turns, 2]) == pytest.approx(sqrt(1 / 0.75 - 1), rel=0.01)


def test_a_cyclotron_gives_twice_the_gap_each_turn_and_tells_its_crossings() -> None:
    """A proton on the beat gains 2 q V J (the transit factor) each turn; another integrator agrees on the crossings."""
    frequency = E / (2 * pi * PROTON)
    spec = {"duration": 10 / frequency, "frame_interval": 0.1 / frequency, "magnetic": [0, 0, 1], "gap_voltage": 2e4,
            "gap_width": 2e-3, "gap_frequency": frequency, "gap_phase": -pi / 2, "time_step": 0.0005 / frequency,
            "particles": [proton([0, 0.03, 0], [3e6, 0, 0])]}  # fmt: skip
    found = run(spec)

    def push(time: float, y: np.ndarray) -> np.ndarray:
        gap = 1e4 / 2e-3 / np.cosh(y[0] / 2e-3) ** 2 * cos(2 * pi * frequency * time - pi / 2)
        r = E / PROTON
        return np.array([y[2], y[3], r * (gap + y[3]), -r * y[2]])

    cross: Any = lambda time, y: y[0]  # noqa: E731 - scipy's event function
    other = solve_ivp(push, (0, 10 / frequency), [0, 0.03, 3e6, 0], "DOP853", rtol=1e-11, atol=1e-12, events=cross,
                      max_step=0.01 / frequency)  # fmt: skip
    mine = found.events.time[found.events.kind == 0]
    exact = other.t_events[0][other.t_events[0] > 1e-12]
    assert len(mine) == len(exact) >= 19
    assert np.abs(mine - exact).max() < 1e-5 / frequency


def test_a_drop_falls_as_stokes_says_and_floats_by_buoyancy() -> None:
    """Terminal speed (m - rho V) g / (6 pi eta r), reached at any step; the balancing electric force stops it."""
    radius, density = 1e-6, 900.0
    volume = 4 / 3 * pi * radius**3
    drop = {"name": "d", "mass": density * volume, "charge": 3 * E, "radius": radius}
    spec = {"duration": 2.0, "frame_interval": 0.5, "time_step": 0.05, "particles": [drop]}
    air = {"gravity": 9.81, "viscosity": 1.8e-5, "fluid_density": 1.2}
    speed = (density - 1.2) * volume * 9.81 / (6 * pi * 1.8e-5 * radius)
    assert run(spec, **air).arrays["velocity"][-1, 0, 2] == pytest.approx(-speed, rel=1e-9)
    held = (density - 1.2) * volume * 9.81 / (3 * E)
    still = run(spec | {"electric": [0, 0, held]}, **air)
    assert abs(still.arrays["position"][-1, 0, 2]) < 1e-12


def test_two_charges_repel_and_tell_their_closest_approach() -> None:
    """Head on, they come as close as their energy allows (Coulomb's closed form), and energy is kept."""
    speed = 1e4
    pair = [proton([-1e-6, 0, 0], [speed, 0, 0], "a"), proton([1e-6, 0, 0], [-speed, 0, 0], "b")]
    spec = {"duration": 3e-10, "frame_interval": 1e-11, "time_step": 1e-15, "interaction": True, "softening": 0.0,
            "approach": 1e-6, "particles": pair}  # fmt: skip
    found = run(spec)
    assert found.header.certificate.invariants["energy"] < 1e-6
    names = [found.header.event_kinds[k] for k in found.events.kind]
    assert names.count("close_approach") == 1
    nearest = np.ptp(found.arrays["position"][:, :, 0], axis=1).min()
    closest = 1 / (PROTON * speed**2 / (COULOMB * E * E) + 1 / 2e-6)
    assert closest < nearest < 30 * closest


def test_clouds_have_the_temperature_and_walls_take_particles() -> None:
    """Thermal speeds have the variance k T / m; those that reach the sphere are told, stop there, and are gone."""
    cloud = {"count": 128, "mass": 6.6e-26, "spread": 1e-3}
    spec = {"duration": 1e-5, "frame_interval": 1e-6, "clouds": [cloud], "wall_radius": 2e-3}
    found = run(spec)
    v = found.arrays["velocity"][0]
    assert v.var() == pytest.approx(1.380649e-23 * 293.15 / 6.6e-26, rel=0.15)
    walls = found.events.kind == 3
    assert 128 - found.arrays["alive"][-1] == walls.sum() > 10
    assert np.sqrt((found.events.position[walls] ** 2).sum(axis=1)) == pytest.approx(2e-3, rel=1e-9)
    straight = np.sqrt((found.arrays["position"][-1] ** 2).sum(axis=1))
    assert straight.max() <= 2e-3 * (1 + 1e-9)


def test_a_run_resumes_bit_for_bit_and_events_survive_a_full_buffer() -> None:
    """Frozen after every tick, thawed, and still the same bytes, in an oscillating field with repulsion."""
    spec = {"duration": 4e-4, "frame_interval": 1e-5, "rf_voltage": 100.0, "interaction": True,
            "clouds": [{"count": 20, "charge": E}]}  # fmt: skip
    whole = begin(spec)
    while not whole.done:
        whole.advance()
    part = begin(spec)
    while not part.done:
        part.seconds_a_step = 7e-3
        part.advance()
        part = ChargesRun(SYSTEM, part.spec, VACUUM, 3, part.checkpoint(), Timeline())
    assert part.checkpoint() == whole.checkpoint()
