"""The particles system against closed forms: free fall, bounces, drag, kinetic theory, conservation."""

from math import exp, pi, sqrt

import numpy as np
import pytest

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import preset
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused

VACUUM = {"viscosity": 0.0, "air_resistance": 0.0}


def run(environment: dict[str, float], seed: int = 0, **spec: object) -> Result:
    """A run in a box of 10 by 10 m unless told otherwise."""
    whole = {"duration": 2.0, "frame_interval": 0.1, "size": [10.0, 10.0]} | spec
    return simulate(check("particles", whole, environment), seed)


def ball(name: str, position: list[float], velocity: list[float] | None = None, **rest: object) -> dict[str, object]:
    """A body of a spec."""
    return {"name": name, "position": position, "velocity": velocity or [0.0] * len(position)} | rest


def touching(result: Result) -> float:
    """The deepest overlap of any two bodies in any frame, in metres."""
    radii = np.array([body.radius for body in result.header.bodies])
    worst = 0.0
    for x in result.arrays["position"]:
        gap = np.linalg.norm(x[:, None] - x[None], axis=2) - radii[:, None] - radii[None]
        np.fill_diagonal(gap, 1.0)
        worst = max(worst, -gap.min())
    return worst


def test_free_fall_and_bounces_follow_the_closed_form() -> None:
    """A ball from height h meets the floor at sqrt(2h/g) and again after 2 e v/g, e times as fast."""
    result = run(VACUUM | {"elasticity": 0.8}, bodies=[ball("a", [5, 3], radius=0.5)], duration=4.0)
    fall, e, g = 2.5, 0.8, 9.81
    first, speed = sqrt(2 * fall / g), sqrt(2 * fall * g)
    times = [first, first + 2 * e * speed / g, first + 2 * e * speed / g + 2 * e * e * speed / g]
    assert result.events.time[:3] == pytest.approx(times, rel=1e-13)
    assert result.events.strength[:3] == pytest.approx([speed, e * speed, e * e * speed], rel=1e-13)
    falling = result.time < first
    assert result.arrays["position"][falling, 0, 1] == pytest.approx(3 - 0.5 * g * result.time[falling] ** 2, rel=1e-14)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_an_elastic_gas_keeps_its_energy_and_never_overlaps(dimensions: int) -> None:
    """Under gravity between bouncing walls, thousands of collisions leave energy to 1e-12 and no overlap to 1e-12."""
    swarm = [{"count": 60, "radius_min": 0.1, "radius_max": 0.4, "speed": 5.0}]
    size = [10.0, 10.0] if dimensions == 2 else [5.0, 5.0, 5.0]
    result = run(VACUUM, size=size, random=swarm, duration=10.0)
    assert len(result.events.time) > 1000
    assert result.header.certificate.invariants["energy"] < 1e-12
    assert touching(result) < 1e-12
    assert (np.diff(result.events.time) >= 0).all()


def test_two_bodies_exchange_velocities_at_the_exact_time() -> None:
    """Equal masses head on swap velocities; the contact is where the gap over the closing speed says."""
    bodies = [ball("a", [2, 5], [1, 0], radius=0.5), ball("b", [6, 5], [-2, 0], radius=0.5)]
    result = run(VACUUM | {"gravity": 0.0}, bodies=bodies)
    assert result.events.time == pytest.approx([1.0], abs=1e-15)
    assert result.events.strength == pytest.approx([3.0], rel=1e-15)
    assert result.arrays["velocity"][-1, :, 0] == pytest.approx([-2, 1], abs=1e-15)


def test_momentum_is_kept_in_a_wrapped_box() -> None:
    """With friction and inelastic contacts in a wrapped box, momentum stays to 1e-12 while energy goes down."""
    swarm = [{"count": 50, "radius_min": 0.2, "radius_max": 0.3, "speed": 3.0}]
    environment = VACUUM | {"gravity": 0.0, "elasticity": 0.7, "friction": 0.2, "density": 2.0}
    result = run(environment, boundaries=["wrap"], random=swarm, duration=5.0)
    masses = np.array([body.mass for body in result.header.bodies])
    momentum = np.einsum("i,fik->fk", masses, result.arrays["velocity"])
    assert np.abs(momentum - momentum[0]).max() < 1e-12 * np.abs(masses).sum() * 3
    assert result.arrays["energy"][-1] < 0.9 * result.arrays["energy"][0]
    assert result.header.certificate.invariants["energy"] < 1e-12


def test_a_wrapped_collision_happens_across_the_face() -> None:
    """Two bodies that move apart inside the box meet through its faces."""
    bodies = [ball("a", [1, 5], [-1, 0], radius=0.25), ball("b", [9, 5], [1, 0], radius=0.25)]
    result = run(VACUUM | {"gravity": 0.0}, boundaries=["wrap"], bodies=bodies)
    assert result.events.time == pytest.approx([0.75], abs=1e-14)


def test_drag_takes_a_drop_to_its_terminal_speed() -> None:
    """A drop under quadratic drag falls as v_t tanh(g t / v_t), v_t = sqrt(2 m g / (rho C A))."""
    radius, mass, g, rho, c = 1e-3, 4.2e-6, 9.81, 1.225, 0.5
    environment = {"air_resistance": c, "fluid_density": rho, "viscosity": 0.0}
    bodies = [ball("drop", [5, 95], radius=radius, mass=mass)]
    result = run(environment, size=[10.0, 100.0], bodies=bodies, duration=8.0)
    terminal = sqrt(2 * mass * g / (rho * c * pi * radius**2))
    exact = -terminal * np.tanh(g * result.time / terminal)
    assert result.arrays["velocity"][:, 0, 1] == pytest.approx(exact, rel=1e-5, abs=1e-12)
    assert result.arrays["velocity"][-1, 0, 1] == pytest.approx(-terminal, rel=1e-5)


def test_viscosity_brakes_exponentially() -> None:
    """Without gravity a sphere slows as exp(-6 pi mu r t / m), however coarse the steps."""
    environment = {"viscosity": 0.5, "gravity": 0.0}
    result = run(environment, bodies=[ball("a", [1, 5], [2.0, 0.0], radius=0.1, mass=1.0)], time_step=0.1)
    decay = np.array([2 * exp(-6 * pi * 0.5 * 0.1 * t) for t in result.time])
    assert result.arrays["velocity"][:, 0, 0] == pytest.approx(decay, rel=1e-12)


def test_a_fast_body_tunnels_through_nothing_under_drag() -> None:
    """A bullet that crosses a hundred radii a step still hits the body in its way."""
    bodies = [ball("bullet", [0.5, 5], [1000, 0], radius=0.01, mass=1.0), ball("post", [5, 5], radius=0.02, mass=1.0)]
    result = run({"viscosity": 1e-5, "gravity": 0.0}, bodies=bodies, duration=0.1, frame_interval=0.01)
    assert result.events.kind[0] == 0
    assert result.events.time[0] == pytest.approx(4.47 / 1000, rel=1e-4)


def test_drag_with_neighbour_lists_meets_as_the_exact_gas_does() -> None:
    """With next to no drag the list-driven run has the same first collisions as the exact one."""
    swarm = [{"count": 60, "radius_min": 0.1, "radius_max": 0.3, "speed": 3.0}]
    exact = run(VACUUM | {"gravity": 0.0}, seed=3, random=swarm, duration=1.0)
    listed = run({"viscosity": 1e-13, "gravity": 0.0}, seed=3, random=swarm, duration=1.0)
    assert len(exact.events.time) > 50
    for name in ("kind", "body_a", "body_b"):
        assert (getattr(exact.events, name)[:40] == getattr(listed.events, name)[:40]).all()
    assert listed.events.time[:40] == pytest.approx(exact.events.time[:40], abs=1e-9)


def test_absorbed_bodies_are_gone_and_accounted_for() -> None:
    """Rain ends at the floor: one wall event a drop, nothing moves afterwards, the energy balance closes."""
    system, rain = preset("falling-rain")
    result = simulate(check(system.kind, rain.spec, rain.environment), 1)
    assert (result.events.kind == 1).all()
    assert len(set(result.events.body_a.tolist())) == len(result.events.time) == 200
    assert (result.arrays["velocity"][-1] == 0).all()
    assert result.header.certificate.invariants["energy"] < 1e-10


def test_inelastic_collapse_is_cut_and_said() -> None:
    """A ball that loses half its speed comes to rest in finite time; the run goes on and the certificate says so."""
    result = run(VACUUM | {"elasticity": 0.5}, bodies=[ball("a", [5, 3], radius=0.5)], duration=5.0)
    assert result.arrays["position"][-1, 0, 1] == pytest.approx(0.5, abs=1e-4)
    assert "lasting" in result.header.certificate.notes[0]
    assert len(result.events.time) < 30


def test_a_dead_stop_at_elasticity_zero_is_no_endless_loop() -> None:
    """A pile of balls that do not bounce at all settles, and the run ends."""
    bodies = [ball(f"b{k}", [5 + 0.01 * k, 1 + 1.1 * k], radius=0.5) for k in range(4)]
    result = run(VACUUM | {"elasticity": 0.0}, bodies=bodies, duration=3.0)
    assert np.isfinite(result.arrays["position"]).all()
    assert touching(result) < 1e-9


def test_the_gas_is_maxwellian() -> None:
    """Equal speeds become Rayleigh's law: Kolmogorov-Smirnov over decorrelated frames stays below its 1 % bound."""
    swarm = [{"count": 300, "radius_min": 0.05, "radius_max": 0.05, "speed": 1.0}]
    result = run(VACUUM | {"gravity": 0.0}, random=swarm, duration=60.0, frame_interval=20.0)
    v = result.arrays["velocity"][-1, :, :2]
    speeds = np.sort(np.linalg.norm(v, axis=1))
    mean_square = (v**2).sum(axis=1).mean()
    law = 1 - np.exp(-(speeds**2) / mean_square)
    steps = np.arange(1, len(speeds) + 1) / len(speeds)
    assert np.abs(law - steps).max() < 1.628 / sqrt(len(speeds))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("gravity", 3.0),
        ("friction", 0.5),
        ("elasticity", 0.5),
        ("air_resistance", 0.5),
        ("density", 5.0),
        ("fluid_density", 100.0),
        ("viscosity", 0.5),
        ("time_scale", 2.0),
    ],
)
def test_every_accepted_parameter_changes_the_motion(parameter: str, value: float) -> None:
    """From the same start, another value of any one parameter gives other positions."""
    base = {"air_resistance": 0.1}
    swarm = [{"count": 10, "radius_min": 0.3, "radius_max": 0.3, "speed": 4.0}]
    before = run(base, random=swarm).arrays["position"]
    after = run(base | {parameter: value}, random=swarm).arrays["position"]
    assert np.abs(before[-1] - after[-1]).max() > 1e-3


def test_overlapping_bodies_are_refused() -> None:
    """Two bodies in one place are refused by name before anything runs."""
    with pytest.raises(Refused, match="a and b overlap"):
        check("particles", {"duration": 1, "frame_interval": 0.1, "size": [9, 9], "bodies": [
            ball("a", [5, 5], radius=0.5), ball("b", [5.5, 5], radius=0.5)]}, {})  # fmt: skip


def test_endless_events_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the largest number of events a run stops with the time and what to change."""
    monkeypatch.setattr("harmonic_physics.engine.stepping.MAX_EVENTS", 100)
    with pytest.raises(Stopped, match="more than 100 events"):
        run(VACUUM, random=[{"count": 60, "radius_min": 0.2, "radius_max": 0.2, "speed": 9.0}], duration=60.0)
