"""Particles under fields, charges, buoyancy and heat; great gases; walls by face; scenes: against closed forms."""

from math import pi, sqrt

import numpy as np
import pytest

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.particles import worlds
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.timeline import Scene

VOID = {"viscosity": 0.0, "air_resistance": 0.0, "gravity": 0.0}


def run(environment: dict[str, float] | None = None, seed: int = 0, **spec: object) -> Result:
    """A run in a void of 10 by 10 m unless told otherwise."""
    whole = {"duration": 2.0, "frame_interval": 0.1, "size": [10.0, 10.0]} | spec
    return simulate(check("particles", whole, VOID | (environment or {})), seed)


def ball(name: str, position: list[float], velocity: list[float] | None = None, **rest: object) -> dict[str, object]:
    """A body of a spec."""
    return {"name": name, "position": position, "velocity": velocity or [0.0] * len(position), "mass": 1.0} | rest


def gaps(result: Result) -> float:
    """The least gap between two bodies of equal radius in any frame, by sorting along x."""
    radius, least = result.header.bodies[0].radius or 0.0, np.inf
    for x in result.arrays["position"]:
        order = x[np.argsort(x[:, 0])]
        for shift in range(1, len(order)):
            near = order[shift:, 0] - order[:-shift, 0] < 2.5 * radius
            if not near.any():
                break
            away = (order[shift:] - order[:-shift])[near]
            least = min(least, float(np.sqrt((away**2).sum(axis=1)).min()) - 2 * radius)
    return least


def test_five_thousand_discs_keep_energy_order_and_maxwells_law() -> None:
    """60 s at an area fraction of 0.2: energy to 1e-13, no overlap beyond rounding, speeds of Rayleigh's law by
    Kolmogorov and Smirnov at 5 %, and pressure from the walls' impulses within 2 % of Henderson's equation of state."""
    n, radius = 5000, 0.5
    side = sqrt(n * pi * radius**2 / 0.2)
    swarm = [{"count": n, "radius_min": radius, "radius_max": radius, "mass": 1.0, "speed": sqrt(2)}]
    result = run(size=[side, side], random=swarm, duration=60.0, frame_interval=10.0)
    assert result.header.certificate.invariants["energy"] < 1e-13
    assert gaps(result) > -1e-12
    speeds = np.sort(np.sqrt((result.arrays["velocity"][-1] ** 2).sum(axis=1)))
    law = 1 - np.exp(-(speeds**2) / (speeds**2).mean())
    steps = np.arange(1, n + 1) / n
    assert np.abs(law - steps).max() < 1.358 / sqrt(n)
    walls = result.events.kind == 1
    pressure = 2 * result.events.strength[walls].sum() / (60.0 * 4 * (side - 2 * radius))
    phi = n * pi * radius**2 / (side - 2 * radius) ** 2  # centres have the smaller box
    ideal = n * (speeds**2).mean() / 2 / (side - 2 * radius) ** 2
    assert pressure / ideal == pytest.approx((1 + phi**2 / 8) / (1 - phi) ** 2, rel=0.04)


def test_the_grid_changes_no_meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coarse and fine cells, of polydisperse discs in a wrapped box, give the same first 300 meetings, at the same
    times until chaos has made rounding visible."""
    swarm = [{"count": 150, "radius_min": 0.05, "radius_max": 0.25, "speed": 3.0}]
    found = []
    for bodies in (0.3, 8.0, 200.0):
        monkeypatch.setattr(worlds, "BODIES_A_CELL", bodies)
        found.append(run(boundaries=["wrap"], random=swarm, duration=3.0).events)
    for other in found[1:]:
        assert (other.body_a[:300] == found[0].body_a[:300]).all()
        assert other.time[:150] == pytest.approx(found[0].time[:150], abs=1e-9)


def test_bodies_beyond_open_faces_still_meet() -> None:
    """With no walls at all two bodies meet far outside the box, at the exact time."""
    bodies = [ball("a", [9, 5], [2, 0], radius=0.5), ball("b", [1, 5], [6, 0], radius=0.5)]
    result = run(boundaries=["none"], bodies=bodies, duration=4.0)
    assert result.events.time == pytest.approx([7 / 4], abs=1e-14)


def test_walls_differ_by_face() -> None:
    """A floor that bounces under an open top, and a side that absorbs opposite one that bounces."""
    bodies = [
        ball("up", [5, 9], [0, 5], radius=0.1),
        ball("side", [2, 5], [-4, 0], radius=0.1),
        ball("x", [8, 5], [4, 0]),
    ]
    result = run(boundaries=["bounce", "absorb", "bounce", "none"], bodies=bodies, duration=4.0)
    last = result.arrays["position"][-1]
    assert last[0, 1] == pytest.approx(9 + 5 * 4)
    assert result.arrays["velocity"][-1, 2] == pytest.approx([0, 0, 0])
    assert [result.header.bodies[k].name for k in result.events.body_a] == ["side", "x", "side"]


def test_gravity_may_point_anywhere() -> None:
    """A vector adds to the environment's pull: x(t) = x0 + a t^2 / 2 along both axes."""
    result = run({"gravity": 2.0}, gravity_vector=[1.5, 3.0], bodies=[ball("a", [1, 1], radius=0.1)])
    t = result.time
    assert result.arrays["position"][:, 0, 0] == pytest.approx(1 + 0.75 * t**2, rel=1e-13)
    assert result.arrays["position"][:, 0, 1] == pytest.approx(1 + 0.5 * t**2, rel=1e-13)


@pytest.mark.parametrize(
    ("falloff", "speed"), [("none", 1.7), ("linear", 1.7), ("inverse", 1.7), ("inverse_square", 5.0)]
)
def test_kicks_are_of_second_order(falloff: str, speed: float) -> None:
    """In every radial field the energy error falls by four when the step is halved."""
    field = {"kind": "radial", "falloff": falloff, "strength": -2.0, "range": 6.0, "softening": 0.3}
    bodies = [ball("a", [7, 5], [0.0, speed], radius=0.1)]
    errors = []
    for step in (0.02, 0.01):
        result = run(fields=[field], bodies=bodies, duration=3.0, time_step=step)
        errors.append(result.header.certificate.invariants["energy"])
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)


def test_a_circular_orbit_in_an_inverse_square_field_has_keplers_period() -> None:
    """At radius L the strength is g: period 2 pi sqrt(L / g), back to its place to 1e-4."""
    field = {"kind": "radial", "falloff": "inverse_square", "strength": -2.0, "range": 3.0, "softening": 0.0}
    period = 2 * pi * sqrt(3.0 / 2.0)
    bodies = [ball("a", [8, 5], [0.0, sqrt(6.0)], radius=0.1)]
    result = run(fields=[field], bodies=bodies, duration=period, frame_interval=period / 8, time_step=2e-3)
    assert result.arrays["position"][-1, 0, :2] == pytest.approx([8, 5], abs=1e-4)


def test_directional_fields_and_vortices_push_as_they_say() -> None:
    """A wind accelerates by its strength; a vortex turns a body at rest across the way from its centre."""
    wind = {"kind": "directional", "direction": [3.0, 4.0], "strength": 2.0}
    blown = run(fields=[wind], bodies=[ball("a", [2, 2], radius=0.1)], duration=1.0)
    assert blown.arrays["velocity"][-1, 0, :2] == pytest.approx([1.2, 1.6], rel=1e-12)
    whirl = {"kind": "vortex", "falloff": "inverse", "strength": 1.0, "range": 2.0, "softening": 0.0}
    turned = run(fields=[whirl], bodies=[ball("a", [7, 5], radius=0.1)], duration=0.01, frame_interval=0.01)
    assert turned.arrays["velocity"][-1, 0, 1] == pytest.approx(0.01, rel=1e-3)
    assert turned.header.certificate.invariants["energy"] < 1e-12


def test_charges_turn_back_where_their_energy_says() -> None:
    """Two equal charges head on come as near as m v^2 = k q^2 (1 / r - 1 / r0) and no nearer."""
    k, q, v, r0 = 8.9875517923e9, 1e-5, 1.0, 4.0
    bodies = [
        ball("a", [3, 5], [v, 0], radius=0.01, charge=q),
        ball("b", [7, 5], [-v, 0], radius=0.01, charge=q),
    ]
    result = run(bodies=bodies, duration=3.0, frame_interval=0.005, time_step=1e-3)
    x = result.arrays["position"][:, :, 0]
    nearest = 1 / (v**2 / (k * q**2) + 1 / r0)
    assert (x[:, 1] - x[:, 0]).min() == pytest.approx(nearest, rel=1e-4)
    assert len(result.events.time) == 0
    assert np.abs(result.arrays["momentum"]).max() < 1e-14


def test_a_body_as_dense_as_the_fluid_floats() -> None:
    """With full buoyancy a sphere of the fluid's density hovers; one of half that density rises with g."""
    medium = {"gravity": 9.81, "fluid_density": 5.0}
    sphere = 4 / 3 * pi * 0.2**3
    bodies = [ball("same", [3, 5], radius=0.2, mass=5 * sphere), ball("half", [7, 2], radius=0.2, mass=2.5 * sphere)]
    result = run(medium, bodies=bodies, buoyancy=1.0, duration=0.5)
    assert result.arrays["position"][-1, 0, 1] == pytest.approx(5.0, abs=1e-12)
    assert result.arrays["velocity"][-1, 1, 1] == pytest.approx(9.81 * 0.5, rel=1e-12)


def test_the_bath_brings_its_temperature() -> None:
    """A cold gas in a bath comes to m <v^2> / 2 = k T a dimension, within 3 %; the same seed shakes alike."""
    swarm = [{"count": 800, "radius_min": 0.01, "radius_max": 0.01, "mass": 2.0, "speed": 0.0}]
    bath = {"thermostat": 2.0, "boltzmann": 1e-3, "time_step": 0.02, "frame_interval": 0.5, "duration": 12.0}
    result = run({"temperature": 400.0}, random=swarm, **bath)
    settled = result.arrays["velocity"][result.time > 4, :, :2]
    assert 2.0 * (settled**2).mean() == pytest.approx(0.4, rel=0.03)
    again = run({"temperature": 400.0}, random=swarm, **bath)
    assert again.arrays["velocity"].tobytes() == result.arrays["velocity"].tobytes()
    other = run({"temperature": 400.0}, random=swarm, seed=1, **bath)
    assert other.arrays["velocity"].tobytes() != result.arrays["velocity"].tobytes()


def test_a_granular_gas_cools_by_haffs_law() -> None:
    """1 / sqrt(E) grows in proportion to time from the first collisions on (Haff 1983): correlation above 0.999."""
    swarm = [{"count": 1500, "radius_min": 0.04, "radius_max": 0.04, "mass": 1.0, "speed": 1.0}]
    result = run({"elasticity": 0.9}, boundaries=["wrap"], random=swarm, duration=30.0, frame_interval=0.5)
    slowness = 1 / np.sqrt(result.arrays["energy"])
    assert slowness[-1] > 2 * slowness[0]
    assert np.corrcoef(slowness, result.time)[0, 1] > 0.999


def test_a_scene_turns_gravity_off_at_its_time() -> None:
    """Free fall until the scene begins, a straight line after it: to 1e-12, from its exact time."""
    spec = {"duration": 2.0, "frame_interval": 0.1, "size": [10.0, 30.0], "bodies": [ball("a", [5, 25], radius=0.5)]}
    scene = Scene(name="weightless", start=0.7234, parameters={"gravity": 0.0})
    result = simulate(check("particles", spec, VOID | {"gravity": 9.81}, scenes=[scene]))
    late = result.time > 0.7234
    fallen, speed = 25 - 0.5 * 9.81 * 0.7234**2, 9.81 * 0.7234
    assert result.arrays["position"][late, 0, 1] == pytest.approx(
        fallen - speed * (result.time[late] - 0.7234), rel=1e-12
    )


def test_a_change_of_time_scale_keeps_the_path() -> None:
    """Twice as fast from the middle on: the same places at the universe's own times, the same speeds."""
    spec = {"duration": 2.0, "frame_interval": 0.1, "size": [40.0, 10.0], "bodies": [ball("a", [5, 5], [3.0, 0.0])]}
    scene = Scene(name="fast", start=1.0, parameters={"time_scale": 2.0})
    result = simulate(check("particles", spec, VOID, scenes=[scene]))
    assert result.arrays["position"][-1, 0, 0] == pytest.approx(5 + 3 * 1 + 6 * 1, rel=1e-13)
    assert result.arrays["velocity"][-1, 0, 0] == 3.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"boundaries": ["wrap", "bounce", "none", "none"]}, "a wrapped face needs a wrapped one opposite"),
        ({"gravity_vector": [0.0, 0.0, 1.0]}, "gravity_vector needs 2 components"),
        ({"fields": [{"kind": "radial", "strength": 1.0, "centre": [1, 1, 1]}]}, "need 2 components"),
        ({"fields": [{"kind": "directional", "strength": 1.0, "direction": [0, 0]}]}, "the direction has no length"),
    ],
)
def test_nonsense_is_refused(change: dict[str, object], reason: str) -> None:
    """Half wrapped axes and vectors of the wrong size are refused with the reason."""
    with pytest.raises(Refused, match=reason):
        run(**({"bodies": [ball("a", [5, 5])]} | change))
