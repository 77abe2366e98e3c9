"""The orbits system against closed forms, published values and REBOUND as outside witness."""

from itertools import pairwise
from math import atan2, cos, pi, sin, sqrt, tau

import numpy as np
import pytest

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.orbits.elements import eccentric_anomaly
from harmonic_physics.engine.orbits.start import GAUSS, begin
from harmonic_physics.engine.presets.orbits import AGOL, AGOL_EPOCH, AGOL_STAR, EARTH_IN_SUNS
from harmonic_physics.engine.registry import preset
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.simulate import Result, simulate

SECOND = 1 / 86400


def run(name: str, **changes: object) -> Result:
    """A preset's result, with fields of its spec changed."""
    system, found = preset(name)
    return simulate(check(system.kind, found.spec | changes, found.environment))


def times(result: Result, kind: str, body: int) -> np.ndarray:
    """Times of one body's events."""
    events = result.events
    chosen = (events.kind == result.header.event_kinds.index(kind)) & (events.body_a == body)
    return events.time[chosen]


@pytest.fixture(scope="module")
def trappist() -> Result:
    """The preset as it stands."""
    return run("trappist-1")


def kepler(eccentricity: float, **changes: object) -> dict[str, object]:
    """Two equal suns with an orbit of one natural period, from periapsis."""
    fast = sqrt(2 * (1 + eccentricity) / (1 - eccentricity))
    half, speed = (1 - eccentricity) / 2, fast / 2
    bodies = [
        {"name": "a", "mass": 1.0, "position": [half, 0, 0], "velocity": [0, speed, 0]},
        {"name": "b", "mass": 1.0, "position": [-half, 0, 0], "velocity": [0, -speed, 0]},
    ]
    return {"duration": 10.0, "frame_interval": 0.1, "units": "natural", "bodies": bodies} | changes


def test_the_trappist_start_equals_the_published_table() -> None:
    """Osculating Jacobi elements computed back from the start vectors give the table to 1e-9."""
    system, found = preset("trappist-1")
    start = check(system.kind, found.spec, {})
    initial = begin(start.spec, start.environment)
    x, v, m = np.array(initial.positions), np.array(initial.velocities), np.array(initial.masses)
    for index, (_, period, transit, cosine, sine, mass) in enumerate(AGOL, start=1):
        inner = m[:index] / m[:index].sum()
        r, u = x[index] - inner @ x[:index], v[index] - inner @ v[:index]
        gm = GAUSS**2 * m[: index + 1].sum()
        axis = 1 / (2 / np.linalg.norm(r) - u @ u / gm)
        e = np.cross(u, np.cross(r, u)) / gm - r / np.linalg.norm(r)
        motion = sqrt(gm / axis**3)
        size, w = np.linalg.norm(e), atan2(e[1], e[0])
        anomalies = [atan2(sqrt(1 - size**2) * sin(f), size + cos(f)) for f in (atan2(r[1], r[0]) - w, pi / 2 - w)]
        now, there = (a - size * sin(a) for a in anomalies)
        wait = (there - now) / motion - (transit - AGOL_EPOCH)
        assert m[index] == pytest.approx(mass * EARTH_IN_SUNS * AGOL_STAR / 0.09, rel=1e-15)
        assert tau / motion == pytest.approx(period, rel=1e-9)
        assert e[:2] == pytest.approx([cosine, sine], abs=1e-9)
        assert abs(wait - round(wait / period) * period) < 1e-9


def test_trappist_transits_agree_with_rebound_within_a_second(trappist: Result) -> None:
    """REBOUND's IAS15 from the same start finds the same transits over 340 days."""
    rebound = pytest.importorskip("rebound")
    sim = rebound.Simulation()
    sim.G = GAUSS**2
    for body, x, v in zip(
        trappist.header.bodies, trappist.arrays["position"][0], trappist.arrays["velocity"][0], strict=True
    ):
        sim.add(m=body.mass, x=x[0], y=x[1], z=x[2], vx=v[0], vy=v[1], vz=v[2])
    found: dict[int, list[float]] = {i: [] for i in range(1, 8)}
    p, before = sim.particles, None
    for t in np.arange(0.0, 340.0, 0.2):
        sim.integrate(t)
        now = [(p[i].x - p[0].x, p[i].y - p[0].y, p[i].vx - p[0].vx) for i in range(1, 8)]
        for i, (old, new) in enumerate(zip(before or now, now, strict=True), start=1):
            if old[0] > 0 >= new[0] and new[1] > 0:
                for _ in range(6):
                    sim.integrate(sim.t - (p[i].x - p[0].x) / (p[i].vx - p[0].vx))
                found[i].append(sim.t)
                sim.integrate(t)
        before = now
    for i, theirs in found.items():
        ours = times(trappist, "transit", i)
        assert len(ours) - len(theirs) in (0, 1)
        assert np.abs(ours[: len(theirs)] - theirs).max() < SECOND


def test_the_chain_of_resonances_is_in_the_transit_rates(trappist: Result) -> None:
    """Ratios of the planets' mean transit rates are those of the published periods within 0.2 %."""
    rates = []
    for i in range(1, 8):
        t = times(trappist, "transit", i)
        rates.append((len(t) - 1) / (t[-1] - t[0]))
    for (inner, outer), (p, q) in zip(pairwise(rates), pairwise([row[1] for row in AGOL]), strict=True):
        assert inner / outer == pytest.approx(q / p, rel=0.002)


def test_events_lie_on_their_crossings(trappist: Result) -> None:
    """At a transit's time the planet stands on the line of sight to 1e-9 of a step's arc, and times are in order."""
    events = trappist.events
    assert (np.diff(events.time) >= 0).all()
    assert {trappist.header.event_kinds[k] for k in np.unique(events.kind)} == {"transit", "perihelion", "conjunction"}
    chosen = (events.kind == 0) & (events.body_a == 1)
    star = np.abs(trappist.arrays["position"][:, 0]).max()
    assert np.abs(events.position[chosen, 0]).max() <= star


def test_the_certificate_states_the_largest_energy_error(trappist: Result) -> None:
    """The certificate is the maximum over the frames, at rounding level for TRAPPIST-1."""
    invariants = trappist.header.certificate.invariants
    assert invariants["energy"] == np.abs(trappist.arrays["energy_error"]).max()
    assert invariants["energy"] < 1e-14
    assert invariants["angular_momentum"] < 1e-14


@pytest.mark.parametrize("eccentricity", [0.1, 0.5, 0.9])
def test_two_bodies_follow_keplers_closed_form(eccentricity: float) -> None:
    """After ten turns the separation is that of Kepler's equation, and perihelia are whole periods apart."""
    period = tau / sqrt(2)
    result = simulate(check("orbits", kepler(eccentricity, duration=10 * period, frame_interval=period / 7), {}))
    separation = result.arrays["position"][:, 0] - result.arrays["position"][:, 1]
    exact = []
    for t in result.time:
        anomaly = eccentric_anomaly(tau * t / period, eccentricity)
        exact.append([cos(anomaly) - eccentricity, sqrt(1 - eccentricity**2) * sin(anomaly), 0.0])
    assert np.abs(separation - exact).max() < 2e-10
    perihelia = times(result, "perihelion", 1)
    assert perihelia == pytest.approx(period * np.arange(1, len(perihelia) + 1), abs=1e-9)


def test_the_measured_order_is_the_declared_one() -> None:
    """Halving the step divides the error by 2^8, within a tenth of an order."""
    period = tau / sqrt(2)

    def error(steps: int) -> float:
        spec = kepler(0.3, duration=period, frame_interval=period / steps, steps_per_period=30, energy_tolerance=1e-3)
        x = simulate(check("orbits", spec, {})).arrays["position"]
        return float(np.linalg.norm(x[-1] - x[0]))

    assert np.log2(error(60) / error(120)) == pytest.approx(8, abs=0.1)


def test_the_figure_eight_returns_at_default_settings() -> None:
    """Ten periods of the preset bring every body back to 1e-12."""
    x = run("figure-eight", duration=63.259139829262116769, frame_interval=6.3259139829262116769).arrays["position"]
    assert np.abs(x[-1] - x[0]).max() < 1e-12


def test_time_scale_speeds_up_the_universe() -> None:
    """At time scale 2 the same places are reached in half the time."""
    system, found = preset("trappist-1")
    slow = simulate(check(system.kind, found.spec | {"duration": 10.0, "frame_interval": 1.0}, {}))
    fast = simulate(check(system.kind, found.spec | {"duration": 5.0, "frame_interval": 0.5}, {"time_scale": 2.0}))
    assert fast.arrays["position"] == pytest.approx(slow.arrays["position"], abs=1e-12)
    assert times(fast, "transit", 1) * 2 == pytest.approx(times(slow, "transit", 1), abs=1e-11)


def test_an_unresolved_encounter_stops_with_time_and_reason() -> None:
    """Two suns falling almost head on from a vector start are refused by a stop, never by wrong numbers."""
    bodies = [
        {"name": "a", "mass": 1.0, "position": [1, 0, 0], "velocity": [0, 1e-3, 0]},
        {"name": "b", "mass": 1.0, "position": [-1, 0, 0], "velocity": [0, -1e-3, 0]},
    ]
    with pytest.raises(Stopped, match=r"stopped at t = .*(close encounter|energy error)") as stop:
        simulate(check("orbits", kepler(0.0, bodies=bodies), {}))
    assert 2.0 < stop.value.time < pi


@pytest.mark.parametrize("radius", [0.2, 0.05])
def test_a_collision_is_found_at_its_exact_time(radius: float) -> None:
    """Free fall from rest at distance 2 with G M = 2: t = acos(sqrt(s)) + sqrt(s (1 - s)), s = touching / 2."""
    bodies = [
        {"name": "a", "mass": 1.0, "radius": radius, "position": [1, 0, 0], "velocity": [0, 0, 0]},
        {"name": "b", "mass": 1.0, "radius": radius, "position": [-1, 0, 0], "velocity": [0, 0, 0]},
    ]
    spec = kepler(0.0, bodies=bodies, steps_per_period=5000)
    with pytest.raises(Stopped, match="collided") as stop:
        simulate(check("orbits", spec, {}))
    s = radius
    exact = sqrt(8 / 4) * (np.arccos(sqrt(s)) + sqrt(s * (1 - s)))
    assert stop.value.time == pytest.approx(exact, abs=1e-9)
