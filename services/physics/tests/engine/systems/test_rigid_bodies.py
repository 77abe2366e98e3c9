"""Rigid bodies against closed forms: falls, bounces, pendulums, slides, joints that hold and break, sleep, resume."""

import sys
from collections import Counter
from math import cos, pi, sin, sqrt
from typing import Any

import numpy as np
import pytest

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import preset
from harmonic_physics.engine.run import Chunk, Run
from harmonic_physics.engine.simulate import Result, joined, simulate
from harmonic_physics.engine.system import Refused, Start

CALM = {"elasticity": 0.0, "friction": 0.0}
SPACE = pytest.mark.skipif("not __import__('importlib.util').util.find_spec('mujoco')", reason="MuJoCo is optional")


def started(environment: dict[str, float] | None = None, **spec: Any) -> Start[Any]:
    """A checked universe of a second unless told otherwise."""
    whole = {"duration": 1.0, "frame_interval": 0.05} | spec
    return check("rigid_bodies", whole, environment or {})


def run(environment: dict[str, float] | None = None, **spec: Any) -> Result:
    """The same, simulated."""
    return simulate(started(environment, **spec))


def disc(name: str, x: float, y: float, **rest: Any) -> dict[str, Any]:
    """A circle of a spec."""
    return {"name": name, "shape": "circle", "radius": 0.1, "mass": 1.0, "position": [x, y]} | rest


def ball(name: str, x: float, y: float, z: float, **rest: Any) -> dict[str, Any]:
    """A sphere of a spec."""
    return {"name": name, "shape": "sphere", "radius": 0.1, "mass": 1.0, "position": [x, y, z]} | rest


FLOOR = {"name": "floor", "shape": "box", "size": [20.0, 1.0], "position": [0.0, -0.5], "fixed": True}
PLANE = {"name": "plane", "shape": "plane", "position": [0.0, 0.0, 0.0], "fixed": True}


def kinds(result: Result) -> list[str]:
    """Names of the events, in order."""
    return [result.header.event_kinds[k] for k in result.events.kind]


def test_a_contact_is_timed_within_the_step() -> None:
    """Without gravity two discs meet when gap over closing speed says, to 1e-9 of a step, with the impulse of e = 1."""
    bodies = [disc("a", 0, 0, velocity=[1.0, 0.0]), disc("b", 1.0371, 0.03, velocity=[-0.5, 0.0])]
    result = run({"gravity": 0.0} | CALM | {"elasticity": 1.0}, bodies=bodies)
    along = sqrt(0.2**2 - 0.03**2)
    exact = (1.0371 - along) / 1.5
    assert kinds(result) == ["collision"]
    assert result.events.time[0] == pytest.approx(exact, abs=1e-9 / 480)
    assert result.events.strength[0] == pytest.approx(2 * 0.5 * 1.5 * along / 0.2, rel=2e-3)  # 2 m_eff v_n


def test_shapes_of_the_plane_touch_where_geometry_says() -> None:
    """Box, capsule and polygon slide into a wall: each touches after its own half width."""
    shapes = [
        ({"shape": "box", "size": [0.4, 0.2]}, 0.2),
        ({"shape": "capsule", "radius": 0.1, "length": 0.3}, 0.25),
        ({"shape": "polygon", "corners": [[-0.1, -0.1], [0.3, 0.0], [-0.1, 0.1]]}, 0.3),
    ]
    for shape, half in shapes:
        wall = {"name": "wall", "shape": "box", "size": [1.0, 4.0], "position": [2.5, 0.0], "fixed": True}
        mover = {"name": "m", "mass": 1.0, "position": [0.0, 0.0], "velocity": [3.0, 0.0]} | shape
        result = run({"gravity": 0.0} | CALM, bodies=[mover, wall])
        assert result.events.time[0] == pytest.approx((2.0 - half) / 3.0, abs=1e-9 / 480)


def test_momentum_and_spin_survive_collisions() -> None:
    """A rough, inelastic meeting of two boxes in the void keeps momentum to 1e-12, and angular momentum to 1 %.

    Chipmunk pushes each body at its own point of the contact; the two are apart by the overlap.
    """
    box = {"shape": "box", "size": [0.4, 0.4], "mass": 1.0}
    bodies = [
        box | {"name": "a", "position": [0, 0], "velocity": [2, 0], "spin": [3.0]},
        box | {"name": "b", "position": [1, 0.2]},
    ]
    result = run({"gravity": 0.0, "friction": 0.8, "elasticity": 0.3}, bodies=bodies)
    assert "collision" in kinds(result)
    momentum, spin = result.arrays["momentum"], result.arrays["angular_momentum"][:, 2]
    assert np.abs(momentum - momentum[0]).max() < 1e-12
    assert spin == pytest.approx(spin[0], rel=1e-2)


def test_a_pendulum_keeps_its_period() -> None:
    """A bob on a distance joint swings a small angle with 2 pi sqrt(l / g), to 1e-3."""
    angle, length = 0.05, 1.0
    bob = disc("bob", length * sin(angle), -length * cos(angle), radius=0.01)
    joint = {"kind": "distance", "a": "bob", "anchor": [0.0, 0.0]}
    spec = {"bodies": [bob], "joints": [joint], "time_step": 1e-3, "frame_interval": 0.01, "sleeping": False}
    result = run(CALM | {"elasticity": 1.0}, duration=6.5, **spec)
    x = result.arrays["position"][:, 0, 0]
    falls = np.flatnonzero((x[:-1] > 0) & (x[1:] <= 0))
    times = result.time[falls] + 0.01 * x[falls] / (x[falls] - x[falls + 1])
    assert np.diff(times).mean() == pytest.approx(2 * pi * sqrt(length / 9.81), rel=1e-3)
    assert result.header.certificate.invariants["energy"] < 1e-2


def test_friction_stops_what_slides_where_coulomb_says() -> None:
    """A box at v slides v^2 / (2 mu g), to 1 %."""
    box = {"name": "box", "shape": "box", "size": [0.4, 0.2], "mass": 1.0, "position": [0, 0.1], "velocity": [2, 0]}
    result = run({"friction": 0.5, "elasticity": 0.0}, duration=2.0, bodies=[box, FLOOR])
    assert result.arrays["position"][-1, 0, 0] == pytest.approx(4 / (2 * 0.5 * 9.81), rel=1e-2)


def test_a_motor_turns_a_hinge_and_limits_stop_it() -> None:
    """A motor brings a plank to its speed; with limits the plank stays within them to a hundredth of a radian."""
    plank = {"name": "p", "shape": "box", "size": [1.0, 0.1], "mass": 1.0, "position": [0, 0]}
    hinge = {"kind": "hinge", "a": "p", "anchor": [0, 0], "motor_speed": 2.0, "motor_force": 50.0}
    free = run({"gravity": 0.0}, bodies=[plank], joints=[hinge])
    assert free.arrays["angular_velocity"][-1, 0, 2] == pytest.approx(2.0, rel=1e-3)
    stopped = run({"gravity": 0.0}, bodies=[plank], joints=[hinge | {"lower": -0.5, "upper": 0.5}])
    turned = 2 * np.arctan2(stopped.arrays["orientation"][:, 0, 3], stopped.arrays["orientation"][:, 0, 0])
    assert turned.max() == pytest.approx(0.5, abs=0.02)


def test_a_slider_keeps_to_its_line_and_its_motor_drives_it() -> None:
    """A driven slider moves along its axis alone, at its motor's speed, up to its end."""
    joint = {
        "kind": "slider",
        "a": "s",
        "axis": [1, 0],
        "motor_speed": 0.5,
        "motor_force": 40.0,
        "lower": -1,
        "upper": 0.6,
    }
    result = run({}, duration=3.0, bodies=[disc("s", 0, 0)], joints=[joint])
    x = result.arrays["position"][:, 0]
    assert np.abs(x[:, 1]).max() < 5e-3
    assert x[10, 0] == pytest.approx(0.25, abs=0.01)
    assert x[-1, 0] == pytest.approx(0.6, abs=0.01)


def test_a_spring_swings_with_its_own_period() -> None:
    """A mass on a spring without gravity: 2 pi sqrt(m / k), to 1e-3."""
    spring = {"kind": "spring", "a": "m", "anchor": [0, 0], "stiffness": 40.0, "rest_length": 1.0}
    spec = {"bodies": [disc("m", 1.2, 0)], "joints": [spring], "time_step": 1e-3, "frame_interval": 0.005}
    result = run({"gravity": 0.0, "elasticity": 1.0}, duration=5.0, sleeping=False, **spec)
    x = result.arrays["position"][:, 0, 0] - 1.0
    falls = np.flatnonzero((x[:-1] > 0) & (x[1:] <= 0))
    times = result.time[falls] + 0.005 * x[falls] / (x[falls] - x[falls + 1])
    assert np.diff(times).mean() == pytest.approx(2 * pi * sqrt(1 / 40.0), rel=1e-3)


def test_a_joint_breaks_above_its_force_and_not_below() -> None:
    """A hanging weight of 9.81 N: a joint of 12 N holds, one of 8 N breaks, is told, and the weight falls."""
    joint = {"kind": "hinge", "a": "w", "anchor": [0, 0]}
    held = run({}, bodies=[disc("w", 0, 0)], joints=[joint | {"breaking_force": 12.0}], sleeping=False)
    assert "break" not in kinds(held)
    fallen = run({}, bodies=[disc("w", 0, 0)], joints=[joint | {"breaking_force": 8.0}], sleeping=False)
    assert kinds(fallen).count("break") == 1
    assert fallen.events.strength[0] > 8.0
    assert fallen.arrays["position"][-1, 0, 1] < -4.0


def test_piles_fall_asleep_and_a_blow_wakes_them() -> None:
    """A tower comes to rest and sleeps, standing; a ball that arrives later wakes it."""
    tower = [
        {"name": f"b{k}", "shape": "box", "size": [0.5, 0.5], "mass": 1.0, "position": [0, 0.25 + 0.5 * k]}
        for k in range(5)
    ]
    late = disc("late", -30.0, 6.0, velocity=[8.82, 15.2])
    result = run({"friction": 0.5, "elasticity": 0.1}, duration=6.0, bodies=[FLOOR | {"size": [200, 1]}, *tower, late])
    told = kinds(result)
    asleep = [k for k, kind in enumerate(told) if kind == "sleep"]
    assert len(asleep) >= 5
    woken = [result.events.time[k] for k, kind in enumerate(told) if kind == "wake"]
    assert len(woken) >= 4
    assert woken[0] == pytest.approx(3.4, abs=0.1)
    quiet = result.time < 2.5
    tops = result.arrays["position"][quiet][-1, 1:6, 1]
    assert tops == pytest.approx(0.25 + 0.5 * np.arange(5), abs=0.02)


def test_a_sensor_tells_who_enters_and_stops_nobody() -> None:
    """A disc falls freely through a sensor: one event, at the moment of first overlap, and no other motion."""
    gate = {"name": "gate", "shape": "box", "size": [2.0, 0.2], "position": [0, 0], "fixed": True, "sensor": True}
    result = run(CALM, bodies=[disc("d", 0, 1.2, velocity=[0, -1.0]), gate])
    assert kinds(result) == ["sensor"]
    assert result.header.bodies[result.events.body_a[0]].name == "d"
    assert result.events.time[0] == pytest.approx((-1 + sqrt(1 + 2 * 9.81)) / 9.81, abs=2 / 480)
    assert result.arrays["position"][-1, 0, 1] == pytest.approx(1.2 - 1.0 - 9.81 / 2, abs=0.02)


def test_groups_and_masks_decide_who_touches() -> None:
    """Two discs of one group pass through each other; so do two that mask each other out."""
    for rest in ({"group": 3}, {"category": 2, "mask": 4}):
        pair = [disc("a", 0, 0, velocity=[2, 0], **rest), disc("b", 1, 0, **rest)]
        result = run({"gravity": 0.0}, bodies=pair, sleeping=False)
        assert kinds(result) == []
        assert result.arrays["velocity"][-1, 0, 0] == pytest.approx(2.0)


def test_air_brakes_by_the_square() -> None:
    """v(t) = v0 / (1 + kappa v0 t), kappa = rho C A / 2m with the disc's width as A."""
    air = {"gravity": 0.0, "air_resistance": 0.5, "fluid_density": 2.0}
    result = run(air, bodies=[disc("d", 0, 0, velocity=[8.0, 0.0])])
    kappa = 0.5 * 2.0 * 0.5 * 0.2 / 1.0
    assert result.arrays["velocity"][-1, 0, 0] == pytest.approx(8 / (1 + kappa * 8 * 1.0), rel=1e-9)


def frozen(begun: Start[Any], every: int) -> list[Chunk]:
    """A run that is thawed from its checkpoint after each tick of `every` steps."""
    run, chunks = begun.run(0), []
    while not run.done:
        shorten(run, every)
        chunks.append(run.advance())
        run = begun.run(0, run.checkpoint())
    return chunks


def shorten(run: Run, steps: int) -> None:
    """Ticks of so many steps."""
    run.seconds_a_step = 0.05 / steps  # type: ignore[attr-defined]  # of SteppedRun


@pytest.mark.parametrize(
    ("name", "share", "every"),
    [
        ("breaking-bridge", 0.3, 173),
        ("marble-run", 0.12, 97),
        ("bell-tower", 0.05, 61),
        pytest.param("tumbling-solids", 0.15, 41, marks=SPACE),
        pytest.param("wind-chime-3d", 0.08, 29, marks=SPACE),
    ],
)
def test_resuming_anywhere_gives_the_same_bits(name: str, share: float, every: int) -> None:
    """Frames and events of a run thawed after every few steps equal the undisturbed run's, bit for bit."""
    system, found = preset(name)
    begun = check(system.kind, found.spec | {"duration": found.spec["duration"] * share}, found.environment)  # type: ignore[operator]
    whole = simulate(begun)
    time, arrays, events = joined(frozen(begun, every))
    assert time.tobytes() == whole.time.tobytes()
    assert all(arrays[key].tobytes() == whole.arrays[key].tobytes() for key in arrays)
    assert all(getattr(events, key).tobytes() == getattr(whole.events, key).tobytes() for key in vars(events))


def test_space_is_refused_where_mujoco_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without MuJoCo three dimensions are refused: the field, and what to install."""
    monkeypatch.setitem(sys.modules, "mujoco", None)
    monkeypatch.setattr("harmonic_physics.engine.systems.rigid_bodies.find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"harmonic-physics\[mujoco\]") as refusal:
        started(dimensions=3, bodies=[ball("a", 0, 0, 1)])
    assert refusal.value.errors[0].field == "body.spec.dimensions"


@SPACE
def test_a_sphere_falls_and_bounces_in_space() -> None:
    """The contact comes where the fall says, to the step's own error; the bounce gives back e to 0.07."""
    result = run({"elasticity": 0.7}, dimensions=3, time_step=1e-3, bodies=[PLANE, ball("b", 0, 0, 1.1)])
    assert kinds(result)[0] == "collision"
    assert result.events.time[0] == pytest.approx(sqrt(2 / 9.81), abs=1.5e-3)
    after = result.time > result.events.time[0] + 0.02
    speed = result.arrays["velocity"][after, 1, 2][0] + 9.81 * (result.time[after][0] - result.events.time[0])
    assert speed / sqrt(2 * 9.81) == pytest.approx(0.7, abs=0.07)


@SPACE
def test_a_contact_in_space_is_timed_within_the_step() -> None:
    """Two spheres without gravity meet when gap over closing speed says, to 1e-9 of a step."""
    bodies = [ball("a", 0, 0, 0, velocity=[1.0, 0, 0]), ball("b", 1.0371, 0.03, 0)]
    result = run({"gravity": 0.0, "elasticity": 0.5}, dimensions=3, duration=1.2, bodies=bodies)
    assert result.events.time[0] == pytest.approx(1.0371 - sqrt(0.2**2 - 0.03**2), abs=1e-9 / 480)
    assert np.abs(result.arrays["momentum"] - result.arrays["momentum"][0]).max() < 1e-9


@SPACE
@pytest.mark.parametrize("shape", ["sphere", "box", "capsule", "cylinder", "cone"])
def test_every_shape_of_space_comes_to_rest_on_the_plane(shape: str) -> None:
    """Dropped flat, each ends within 3 mm of the height of its centre of mass."""
    sizes: dict[str, tuple[dict[str, Any], float]] = {
        "sphere": ({"radius": 0.2}, 0.2),
        "box": ({"size": [0.4, 0.4, 0.3]}, 0.15),
        "capsule": ({"radius": 0.1, "length": 0.4, "rotation": [0, pi / 2, 0]}, 0.1),
        "cylinder": ({"radius": 0.2, "length": 0.3}, 0.15),
        "cone": ({"radius": 0.2, "length": 0.4}, 0.1),
    }
    rest, height = sizes[shape]
    body = {"name": "x", "shape": shape, "mass": 1.0, "position": [0, 0, height + 0.1]} | rest
    result = run({"elasticity": 0.1, "friction": 0.5}, dimensions=3, duration=2.0, bodies=[PLANE, body])
    assert result.arrays["position"][-1, 1, 2] == pytest.approx(height, abs=3e-3)


@SPACE
def test_joints_of_space_hold() -> None:
    """Ball socket and cone twist keep the anchor's distance; the cone twist keeps its cone; a hinge its axis."""
    swing = {"dimensions": 3, "duration": 2.0, "time_step": 1e-3}
    ties = {
        "ball_socket": {},
        "cone_twist": {"swing": 0.4},
        "hinge": {"axis": [0, 1, 0]},
        "distance": {},
    }
    for kind, rest in ties.items():
        joint = {"kind": kind, "a": "b", "anchor": [0, 0, 1.0], **rest}
        result = run({}, bodies=[ball("b", 0, 0, 0, velocity=[2.0, 0.0, 0])], joints=[joint], **swing)
        away = result.arrays["position"][:, 0] - np.array([0, 0, 1.0])
        assert np.sqrt((away**2).sum(axis=1)) == pytest.approx(1.0, abs=2e-3), kind
        if kind == "cone_twist":
            assert (away[:, 2] / np.sqrt((away**2).sum(axis=1))).max() < -cos(0.45)
        if kind == "hinge":
            assert np.abs(away[:, 1]).max() < 1e-9


@SPACE
def test_a_joint_of_space_breaks() -> None:
    """A ball socket that may carry 8 N lets a kilogram go, and tells."""
    joint = {"kind": "ball_socket", "a": "b", "anchor": [0, 0, 0.0], "breaking_force": 8.0}
    result = run({}, dimensions=3, bodies=[ball("b", 0, 0, 0)], joints=[joint])
    assert Counter(kinds(result)) == {"break": 1}
    assert result.arrays["position"][-1, 0, 2] < -4


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bodies": [disc("a", 0, 0) | {"shape": "sphere"}]}, "in 2 dimensions a shape is one of"),
        ({"bodies": [disc("a", 0, 0), disc("a", 1, 0)]}, "same name"),
        ({"bodies": [FLOOR]}, "nothing can move"),
        ({"joints": [{"kind": "hinge", "a": "a", "b": "nobody"}]}, "no body nobody"),
        ({"joints": [{"kind": "ball_socket", "a": "a"}]}, "in the plane a joint is one of"),
        ({"joints": [{"kind": "slider", "a": "a"}]}, "a slider needs an axis"),
        ({"joints": [{"kind": "fixed", "a": "a", "motor_speed": 1.0}]}, "has no motor"),
    ],
)
def test_nonsense_is_refused(change: dict[str, Any], reason: str) -> None:
    """Wrong shapes, names, joints: refused with the reason."""
    with pytest.raises(Refused, match=reason):
        started(**({"bodies": [disc("a", 0, 0)]} | change))
