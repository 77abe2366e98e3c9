"""The orbits system against closed forms, published values and REBOUND as outside witness."""

from itertools import pairwise
from math import atan2, cos, pi, sin, sqrt, tau

import numpy as np
import pytest

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.orbits.elements import eccentric_anomaly
from harmonic_physics.engine.orbits.start import GAUSS, begin
from harmonic_physics.engine.presets.choreographies import CHOREOGRAPHIES, PERIOD
from harmonic_physics.engine.presets.orbits import AGOL, AGOL_EPOCH, AGOL_STAR, EARTH_IN_SUNS
from harmonic_physics.engine.registry import preset
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.timeline import Scene

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
    agree_with_rebound(trappist)


@pytest.mark.slow
def test_sixteen_hundred_days_of_transits_agree_with_rebound_within_a_second() -> None:
    """The long form: 1,600 days."""
    agree_with_rebound(run("trappist-1", duration=1600.0))


def agree_with_rebound(result: Result) -> None:
    """Every transit that REBOUND finds is found, within a second."""
    rebound = pytest.importorskip("rebound")
    sim = rebound.Simulation()
    sim.G = GAUSS**2
    for body, x, v in zip(
        result.header.bodies, result.arrays["position"][0], result.arrays["velocity"][0], strict=True
    ):
        sim.add(m=body.mass, x=x[0], y=x[1], z=x[2], vx=v[0], vy=v[1], vz=v[2])
    found: dict[int, list[float]] = {i: [] for i in range(1, 8)}
    p, before = sim.particles, None
    for t in np.arange(0.0, float(result.time[-1]), 0.2):
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
        ours = times(result, "transit", i)
        assert len(ours) - len(theirs) in (0, 1)
        assert np.abs(ours[: len(theirs)] - theirs).max() < SECOND


def outer_planets(turns: float, frames: int) -> Result:
    """Sun and giants for so many turns of Jupiter, in steps of a hundredth of one."""
    jupiter = 4332.5895  # [d], by Standish's axis
    span = round(turns * 100) / 100 * jupiter
    return run("outer-planets", duration=span, frame_interval=span / frames, events=[])


def test_the_outer_planets_keep_their_energy() -> None:
    """1,000 turns of Jupiter in 1e5 steps: no relative energy error above 5e-15."""
    result = outer_planets(1000, 2000)
    assert 95_000 < result.header.certificate.steps < 125_000
    assert np.abs(result.arrays["energy_error"]).max() <= 5e-15


@pytest.mark.slow
def test_the_energy_error_obeys_brouwers_law() -> None:
    """Over 10^4 turns of Jupiter the spread of the error grows no faster than time^0.55 (largest: 1.8e-14)."""
    error = outer_planets(10_000, 20_000).arrays["energy_error"]
    spans = [2**k for k in range(4, 11)]
    spread = [float(np.sqrt(np.mean((error[span:] - error[:-span]) ** 2))) for span in spans]
    assert np.polyfit(np.log(spans), np.log(spread), 1)[0] <= 0.55


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
    """Between steps too the separation is that of Kepler's equation, and perihelia are whole periods apart."""
    period = tau / sqrt(2)
    result = simulate(check("orbits", kepler(eccentricity, duration=10 * period, frame_interval=period / 7), {}))
    separation = result.arrays["position"][:, 0] - result.arrays["position"][:, 1]
    exact = []
    for t in result.time:
        anomaly = eccentric_anomaly(tau * t / period, eccentricity)
        exact.append([cos(anomaly) - eccentricity, sqrt(1 - eccentricity**2) * sin(anomaly), 0.0])
    assert np.abs(separation - exact).max() < 1e-11
    perihelia = times(result, "perihelion", 1)
    assert perihelia == pytest.approx(period * np.arange(1, len(perihelia) + 1), abs=1e-11)


@pytest.mark.parametrize(
    ("eccentricity", "method", "bar"),
    [(0.1, "kahan-li", 1e-10), (0.5, "gauss-radau", 1e-10), (0.9, "gauss-radau", 1e-9), (0.99, "gauss-radau", 1e-8)],
)
def test_a_thousand_kepler_orbits_come_back(eccentricity: float, method: str, bar: float) -> None:
    """With no setting at all the method fits the orbit, and the worst phase, the periapsis, is met within the bar."""
    period = tau / sqrt(2)
    spec = kepler(eccentricity, duration=1000 * period, frame_interval=1000 * period, events=[])
    result = simulate(check("orbits", spec, {}))
    assert result.header.certificate.method.startswith(method)
    x = result.arrays["position"][:, 0] - result.arrays["position"][:, 1]
    assert np.linalg.norm(x[-1] - x[0]) < bar


def test_the_figure_eight_returns_after_a_hundred_periods_at_default_settings() -> None:
    """From the refined values, every body is back to 1e-12; no step stalls where the pulls on a body cancel."""
    period = 6.3259139829262116769
    x = run("figure-eight", duration=100 * period, frame_interval=100 * period, events=[]).arrays["position"]
    assert np.abs(x[-1] - x[0]).max() < 1e-12


@pytest.mark.parametrize("name", [found.name for found in CHOREOGRAPHIES])
def test_a_choreography_returns(name: str) -> None:
    """With default settings every body is back after one period to 1e-10, and was where the next one is after T / N."""
    bodies = len(preset(name)[1].spec["bodies"])
    x = run(name, duration=PERIOD, frame_interval=PERIOD / bodies, events=[]).arrays["position"]
    assert np.abs(x[-1] - x[0]).max() < 1e-10
    assert np.abs(x[1] - np.roll(x[0], -1, axis=0)).max() < 1e-10


def test_there_are_twenty_choreographies_and_the_eight() -> None:
    """Of four to eight bodies."""
    assert len(CHOREOGRAPHIES) >= 20


@pytest.mark.parametrize("method", ["symplectic", "adaptive"])
def test_dense_frames_cost_no_steps_and_no_digits(method: str) -> None:
    """48,000 frames in a turn: Kepler's equation to 1e-9 in each, by the steps that two frames would take."""
    period = tau / sqrt(2)
    few = kepler(0.2, duration=period, frame_interval=period, method=method, events=[])
    coarse = simulate(check("orbits", few, {}))
    fine = simulate(check("orbits", few | {"frame_interval": period / 48_000}, {}))
    assert fine.header.certificate.steps <= coarse.header.certificate.steps * 1.02 + 2
    separation = fine.arrays["position"][:, 0] - fine.arrays["position"][:, 1]
    for k in range(0, 48_001, 37):
        anomaly = eccentric_anomaly(tau * fine.time[k] / period, 0.2)
        assert separation[k, :2] == pytest.approx([cos(anomaly) - 0.2, sqrt(0.96) * sin(anomaly)], abs=1e-9)


def test_time_scale_speeds_up_the_universe() -> None:
    """At time scale 2 the same places are reached in half the time."""
    system, found = preset("trappist-1")
    slow = simulate(check(system.kind, found.spec | {"duration": 10.0, "frame_interval": 1.0}, {}))
    fast = simulate(check(system.kind, found.spec | {"duration": 5.0, "frame_interval": 0.5}, {"time_scale": 2.0}))
    assert fast.arrays["position"] == pytest.approx(slow.arrays["position"], abs=1e-12)
    assert fast.arrays["velocity"] == pytest.approx(2 * slow.arrays["velocity"], abs=1e-12)
    assert times(fast, "transit", 1) * 2 == pytest.approx(times(slow, "transit", 1), abs=1e-11)


def test_gravity_changes_at_its_exact_time() -> None:
    """Four times the pull from a scene's start on: a round orbit becomes the ellipse of the new constant, at once."""
    scene = Scene(name="strong", start=1.2345, parameters={"gravity_factor": 4.0})
    spec = kepler(0.0, duration=3.0, frame_interval=0.01, events=["perihelion"])
    result = simulate(check("orbits", spec, {}, scenes=[scene]))
    axis = 1 / (2 - 2 / 8)  # of the vis-viva law at r = 1 with v^2 = 2 and G M = 8
    half_turn = pi * sqrt(axis**3 / 8)
    assert times(result, "perihelion", 1)[0] == pytest.approx(1.2345 + half_turn, abs=1e-10)
    assert result.header.certificate.invariants["energy"] < 1e-12
    assert "then gauss-radau" in result.header.certificate.method


def test_a_method_that_was_asked_for_stops_at_an_encounter_with_time_and_reason() -> None:
    """Two suns falling almost head on with equal steps are refused by a stop, never by wrong numbers."""
    with pytest.raises(Stopped, match=r"stopped at t = .*(close encounter|energy error)") as stop:
        simulate(check("orbits", head_on(method="symplectic"), {}))
    assert 2.0 < stop.value.time < pi


def test_an_encounter_is_resolved_when_the_choice_is_free() -> None:
    """The same two suns pass each other at 2.5e-7 of their distance with the energy kept to 1e-10."""
    result = simulate(check("orbits", head_on(), {}))
    assert result.header.certificate.invariants["energy"] < 1e-10
    assert len(times(result, "perihelion", 1)) == 2


def head_on(**changes: object) -> dict[str, object]:
    """Two suns that miss each other by next to nothing."""
    bodies = [
        {"name": "a", "mass": 1.0, "position": [1, 0, 0], "velocity": [0, 1e-3, 0]},
        {"name": "b", "mass": 1.0, "position": [-1, 0, 0], "velocity": [0, -1e-3, 0]},
    ]
    return kepler(0.0, bodies=bodies) | changes


def falling(radius: float, **changes: object) -> dict[str, object]:
    """Two balls at rest at the distance 2, G M = 2."""
    bodies = [
        {"name": "a", "mass": 1.0, "radius": radius, "position": [1, 0, 0], "velocity": [0, 0, 0]},
        {"name": "b", "mass": 1.0, "radius": radius, "position": [-1, 0, 0], "velocity": [0, 0, 0]},
    ]
    return kepler(0.0, bodies=bodies, events=[]) | changes


@pytest.mark.parametrize("radius", [0.2, 0.05])
def test_a_collision_is_found_at_its_exact_time(radius: float) -> None:
    """Free fall from rest at distance 2 with G M = 2: t = 2 (acos(sqrt(s)) + sqrt(s (1 - s))) / sqrt(2), s = radius."""
    with pytest.raises(Stopped, match="collided") as stop:
        simulate(check("orbits", falling(radius), {}))
    assert stop.value.time == pytest.approx(fall(radius), abs=1e-10)


def fall(s: float) -> float:
    """Time of a fall from the distance 2 to 2 s."""
    return sqrt(8 / 4) * float(np.arccos(sqrt(s)) + sqrt(s * (1 - s)))


def test_bodies_bounce_at_their_contacts() -> None:
    """Without loss, balls that fall on each other meet again after twice the fall, each time, and keep their energy."""
    spec = falling(0.2, on_collision="bounce", duration=20.0)
    result = simulate(check("orbits", spec, {"elasticity": 1.0}))
    expected = fall(0.2) * (2 * np.arange(len(times(result, "collision", 0))) + 1)
    assert times(result, "collision", 0) == pytest.approx(expected, abs=1e-9)
    assert len(expected) >= 4
    assert result.header.certificate.invariants["energy"] < 1e-12


def test_bodies_merge_and_keep_mass_and_momentum() -> None:
    """What touches becomes one: at the common centre, with both masses' momentum; the book counts no drift."""
    spec = falling(0.2, on_collision="merge", duration=3.0)
    result = simulate(check("orbits", spec, {}))
    assert times(result, "merger", 0) == pytest.approx([fall(0.2)], abs=1e-10)
    assert np.abs(result.arrays["position"][-1]).max() < 1e-14
    assert result.header.certificate.invariants["momentum"] < 1e-14
    assert "1 mergers" in result.header.certificate.notes


def test_kepler_16_is_eclipsed_as_observed() -> None:
    """Primary eclipses 41.08 d apart, the smaller star hiding about an eighth of the larger: (R_B / R_A)^2."""
    result = run("kepler-16", duration=400.0)
    events = result.events
    eclipse = result.header.event_kinds.index("eclipse")
    primary = (events.kind == eclipse) & (events.body_a == 1) & (events.body_b == 0)
    assert np.diff(events.time[primary]) == pytest.approx(41.08, abs=0.02)
    assert events.strength[primary] == pytest.approx((0.22623 / 0.6489) ** 2, abs=0.01)
    seen = zip(events.body_a[events.kind == eclipse], events.body_b[events.kind == eclipse], strict=True)
    assert {(2, 0), (2, 1)} & set(seen)


def test_the_laplace_angles_of_trappist_librate_where_they_were_observed() -> None:
    """They start within 20 degrees of the values of Luger et al. 2017, and all five librate over 1,600 days."""
    result = run("trappist-1-chain")
    angles = result.arrays["resonance_angle"]
    notes = [note for note in result.header.certificate.notes if note.startswith("resonant angle")]
    assert len(notes) == 5 and all("librates" in note for note in notes)
    assert angles[0] == pytest.approx([177, 49, 212, 284, 177], abs=20)


def test_halley_comes_back() -> None:
    """Perihelia of 1986 and about 2061, at 0.587 AU and 54.5 km/s, by the adaptive method."""
    result = run("halley", duration=36000.0)
    passes = times(result, "perihelion", 1)
    assert passes[0] == pytest.approx(6559.9, abs=30.0)
    assert 27_000 < passes[1] - passes[0] < 28_500
    assert result.header.certificate.method.startswith("gauss-radau")
    assert result.header.certificate.invariants["energy"] < 1e-13
