"""The pendulum system against elliptic integrals, small oscillations and conserved energy."""

from itertools import pairwise
from math import pi, radians, sin, sqrt, tau

import numpy as np
import pytest
from scipy.special import ellipk

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.pendulum.magnets import lowest_pass
from harmonic_physics.engine.registry import preset
from harmonic_physics.engine.simulate import Result, simulate

G = 9.81


def run(environment: dict[str, float] | None = None, **spec: object) -> Result:
    """A pendulum, simulated."""
    return simulate(check("pendulum", {"duration": 10.0, "frame_interval": 0.1} | spec, environment or {}))


def times(result: Result, kind: str, body: int = 0) -> np.ndarray:
    """Times of one body's events."""
    chosen = (result.events.kind == result.header.event_kinds.index(kind)) & (result.events.body_a == body)
    return result.events.time[chosen]


@pytest.mark.parametrize("degrees", [1, 30, 60, 90, 120, 150, 170, 175, 179])
def test_the_period_is_the_elliptic_integral(degrees: float) -> None:
    """T = 4 sqrt(l / g) K(sin^2(theta / 2)) to 1e-12, from turning points and from zero crossings."""
    exact = 4 * sqrt(1 / G) * ellipk(sin(radians(degrees) / 2) ** 2)
    result = run(bobs=[{"angle": degrees}], duration=6.3 * exact)
    turns, zeros = times(result, "turning_point"), times(result, "zero_crossing")
    assert turns == pytest.approx(exact * np.arange(1, 13) / 2, rel=1e-12)
    assert zeros == pytest.approx(exact * (np.arange(13) + 0.5) / 2, rel=1e-12)


def test_the_double_pendulum_keeps_its_energy() -> None:
    """Over 100 s from a wild start the relative drift stays below 1e-10 (in fact 1e-12)."""
    _, found = preset("double-pendulum")
    result = run(**(found.spec | {"duration": 100.0}))
    assert result.header.certificate.invariants["energy"] < 1e-12
    assert np.ptp(result.arrays["energy"]) < 1e-11


def test_the_double_pendulum_agrees_with_the_textbook() -> None:
    """Against the explicit equations of two equal rods, by scipy at 1e-12, over five seconds to 1e-8."""
    from scipy.integrate import solve_ivp

    def f(_: float, y: np.ndarray) -> list[float]:
        a, b, u, v = y
        d = a - b
        below = 3 - np.cos(2 * d)
        first = -3 * G * sin(a) - G * sin(a - 2 * b) - 2 * sin(d) * (v * v + u * u * np.cos(d))
        second = 2 * sin(d) * (2 * u * u + 2 * G * np.cos(a) + v * v * np.cos(d))
        return [u, v, first / below, second / below]

    result = run(bobs=[{"name": "a", "angle": 100}, {"name": "b", "angle": -20}], duration=5.0)
    other = solve_ivp(f, (0, 5), [radians(100), radians(-20), 0, 0], "DOP853", result.time, rtol=1e-12, atol=1e-12)
    assert result.arrays["angle"] == pytest.approx(other.y[:2].T, abs=1e-8)


@pytest.mark.parametrize("rods", [2, 3, 8])
def test_small_swings_have_the_frequencies_of_the_linear_chain(rods: int) -> None:
    """A tiny swing in each mode of the hanging chain has its period, that of the linear chain."""
    mu = np.array([[rods - max(i, j) for j in range(rods)] for i in range(rods)], float)
    weight = np.diag([float(rods - i) for i in range(rods)]) * G
    squares, shapes = np.linalg.eig(np.linalg.solve(mu, weight))
    slow = int(np.argmin(squares))
    shape = shapes[:, slow] / np.abs(shapes[:, slow]).max()
    period = tau / sqrt(squares[slow])
    bobs = [{"name": str(i), "angle": 1e-3 * float(s)} for i, s in enumerate(shape)]
    result = run(bobs=bobs, duration=3.2 * period)
    assert np.diff(times(result, "turning_point")) == pytest.approx(period / 2, rel=1e-7)


def test_a_flip_is_told_when_a_rod_goes_over_the_top() -> None:
    """Thrown hard enough, the rod passes the top once a turn, with the speed that the energy leaves."""
    fast = 8.0
    result = run(bobs=[{"angular_velocity": float(np.degrees(fast))}], duration=8.0)
    flips = times(result, "flip")
    assert len(flips) > 5
    assert np.diff(flips) == pytest.approx(np.diff(flips)[0], rel=1e-11)
    assert result.events.strength[result.events.kind == 2] == pytest.approx(sqrt(fast**2 - 4 * G), rel=1e-12)
    slow = run(bobs=[{"angular_velocity": float(np.degrees(sqrt(4 * G) - 1e-3))}], duration=8.0)
    assert len(times(slow, "flip")) == 0


def test_kapitzas_pendulum_stands_on_its_head() -> None:
    """Above the threshold a^2 w^2 > 2 g l the shaken rod stays up; below it falls."""
    common = {
        "bobs": [{"angle": 170.0, "length": 0.3}],
        "drive_amplitude": 0.03,
        "drive_direction": 90.0,
        "duration": 6.0,
    }
    threshold = sqrt(2 * G * 0.3) / 0.03 / tau
    up = run(**common, drive_frequency=1.3 * threshold)
    down = run(**common, drive_frequency=0.7 * threshold)
    assert len(times(up, "zero_crossing")) == 0
    assert len(times(down, "zero_crossing")) > 0
    assert up.header.certificate.invariants["energy"] < 1e-10


def test_losses_and_drives_are_booked() -> None:
    """Damping takes energy away as exp(-c t / m l^2), and what is left plus what was lost is kept."""
    result = run({"air_resistance": 0.5}, bobs=[{"angle": 40.0, "radius": 0.05}], damping=0.1, duration=20.0)
    assert result.header.certificate.invariants["energy"] < 1e-12
    light = run(bobs=[{"angle": 0.1}], damping=0.1, duration=20.0)
    heights = np.abs(light.events.strength[light.events.kind == 1])
    rate = -np.log(heights[-1] / heights[0]) / (times(light, "turning_point")[-1] - times(light, "turning_point")[0])
    assert rate == pytest.approx(0.05, rel=1e-4)


def test_every_accepted_parameter_changes_the_motion() -> None:
    """Gravity, drag, the air's density and the time scale each give another place."""
    spec = {"bobs": [{"angle": 60.0, "radius": 0.1}], "duration": 3.0}
    usual = {"gravity": G, "air_resistance": 0.3}
    first = run(usual, **spec).arrays["angle"][-1, 0]
    for change in ({"gravity": 3.0}, {"air_resistance": 0.6}, {"fluid_density": 10.0}, {"time_scale": 1.5}):
        assert abs(run(usual | change, **spec).arrays["angle"][-1, 0] - first) > 1e-3


def test_without_gravity_a_rod_turns_evenly() -> None:
    """In weightlessness the angle is w t."""
    result = run({"gravity": 0.0}, bobs=[{"angular_velocity": 90.0}])
    assert result.arrays["angle"][:, 0] == pytest.approx(pi / 2 * result.time, abs=1e-12)


def test_the_bob_over_magnets_stays_on_its_sphere_and_is_caught() -> None:
    """|r| = l to 1e-12, energy less losses is kept; after its arrival no other magnet is ever nearer."""
    _, found = preset("magnetic-pendulum")
    result = run(**found.spec)
    place = result.arrays["position"][:, 0]
    assert np.linalg.norm(place, axis=1) == pytest.approx(1.0, abs=1e-12)
    assert result.header.certificate.invariants["energy"] < 1e-12
    arrival = result.events.time[result.events.kind == 4]
    assert len(arrival) == 1
    winner = int(result.events.body_b[result.events.kind == 4][0])
    later = result.arrays["distance"][result.time > arrival[0], 1:]
    assert (np.argmin(later, axis=1) + 1 == winner).all()


def test_the_lowest_pass_is_the_lowest_pass() -> None:
    """The energy found by Newton's method equals that at which a flooded grid of the potential joins two wells."""
    chosen, found = preset("magnetic-pendulum")
    spec = check(chosen.kind, found.spec, {}).spec
    side = np.linspace(-0.25, 0.25, 241)
    x, y = np.meshgrid(side, side)
    z = -np.sqrt(1 - x * x - y * y)
    potential = 0.1 * G * z
    wells = []
    for magnet in spec.magnets:
        px, py = magnet.position
        potential -= magnet.strength / np.sqrt((x - px) ** 2 + (y - py) ** 2 + (z + 1.05) ** 2)
        wells.append((int(np.argmin(abs(side - py))), int(np.argmin(abs(side - px)))))
    from scipy.ndimage import label

    low, high = float(potential.min()), float(potential.max())
    for _ in range(40):
        middle = (low + high) / 2
        names, _ = label(potential < middle)
        joined = any(names[p] == names[q] != 0 for p, q in pairwise([*wells, wells[0]]))
        low, high = (low, middle) if joined else (middle, high)
    assert lowest_pass(spec, G, 0.1) == pytest.approx(low, rel=1e-4)
