"""Orbits against REBOUND's IAS15 and heyoka's Taylor method: the outer Solar System, Kepler's ellipses, TRAPPIST-1."""

from math import sqrt, tau
from typing import Any

from bench import physics_peers as peers
from bench import report
from bench.clock import in_turn
from bench.result import Figure, Measurement

TIMES = 3
JUPITER_D = 4332.5895
OUTER_BAR, ENERGY_BAR, KEPLER_BAR = 0.4, 5e-15, 1.5
POSITION_BARS = {0.1: 1e-10, 0.5: 1e-10, 0.9: 1e-9, 0.99: 1e-8}
"""Position error over the axis after a thousand orbits, by eccentricity."""


def measure() -> Measurement:
    """Methods chosen by the engine, as a user gets them; the peers with their default settings."""
    figures = [*_outer()]
    for eccentricity, bar in POSITION_BARS.items():
        figures += _kepler(eccentricity, bar)
    figures += _trappist()
    absent = [name for name, module in (("REBOUND", "rebound"), ("heyoka", "heyoka")) if peers.found(module) is None]
    notes = [peers.missing(name) for name in absent]
    notes.append("TRAPPIST-1 is the demo's, all its events found on the way; the peers only integrate to the end.")
    return Measurement("physics_orbits", "python -m bench.physics_orbits", figures, notes)


def _outer() -> list[Figure]:
    """A thousand orbits of Jupiter, 1.1e5 steps; the worst energy error of a hundred frames."""
    span = 1000 * JUPITER_D
    start = _preset("outer-planets", duration=span, frame_interval=span / 100, events=[])
    certificate = _simulated(start).header.certificate
    name = "outer Solar System, 1,000 Jupiter orbits"
    return [
        Figure(f"{name}, steps", certificate.steps, ""),
        Figure(f"{name}, largest relative energy error", certificate.invariants["energy"], "", ENERGY_BAR),
        *_against(name, start, span, OUTER_BAR),
    ]


def _kepler(eccentricity: float, bar: float) -> list[Figure]:
    """A thousand orbits of two equal bodies from periapsis, the method chosen by itself."""
    import numpy as np

    from harmonic_physics.engine.checking import check

    half, speed = (1 - eccentricity) / 2, sqrt(2 * (1 + eccentricity) / (1 - eccentricity)) / 2
    bodies = [
        {"name": "a", "mass": 1.0, "position": [half, 0, 0], "velocity": [0, speed, 0]},
        {"name": "b", "mass": 1.0, "position": [-half, 0, 0], "velocity": [0, -speed, 0]},
    ]
    span, name = 1000 * tau / sqrt(2.0), f"Kepler, e = {eccentricity}, 1,000 orbits"
    spec = {"duration": span, "frame_interval": span, "units": "natural", "events": [], "bodies": bodies}
    start = check("orbits", spec, {})
    begin = np.array([1.0 - eccentricity, 0.0, 0.0])

    def error(places: Any) -> float:
        return float(np.linalg.norm(places[0] - places[1] - begin))

    ours = error(_simulated(start).arrays["position"][-1])
    return [
        Figure(f"{name}, position error over the axis", ours, "", bar),
        *(Figure(f"{name}, {peer}'s position error", error(run()), "") for peer, run in _peers(start, span).items()),
        *_against(name, start, span, KEPLER_BAR),
    ]


def _trappist() -> list[Figure]:
    start = _preset("trappist-1")
    return _against("TRAPPIST-1 with events", start, start.spec.duration, None)


def _preset(name: str, **changes: Any) -> Any:
    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.registry import preset

    system, found = preset(name)
    return check(system.kind, found.spec | changes, found.environment)


def _simulated(start: Any) -> Any:
    from harmonic_physics.engine.simulate import simulate

    return simulate(start)


def _peers(start: Any, span: float) -> dict[str, peers.Run]:
    """Those that are installed, from the same start to the same end."""
    from harmonic_physics.engine.orbits.start import begin

    initial, works = begin(start.spec, start.environment), {}
    if (rebound := peers.found("rebound")) is not None:
        works["IAS15"] = peers.ias15(rebound, initial, span)
    if (heyoka := peers.found("heyoka")) is not None:
        works["heyoka"] = peers.taylor(heyoka, initial, span)
    return works


def _against(name: str, start: Any, span: float, bar: float | None) -> list[Figure]:
    """Our time, and over each peer's, all in turn; the bar is IAS15's."""
    works: dict[str, peers.Run] = {"ours": lambda: _simulated(start), **_peers(start, span)}
    times = dict(zip(works, in_turn(TIMES, *works.values()), strict=True))
    ours = times.pop("ours")
    over = [
        Figure(f"{name}, ours over {peer}", ours / theirs, "", bar if peer == "IAS15" else None)
        for peer, theirs in times.items()
    ]
    return [Figure(f"{name}, processor time", ours, "s"), *over]


if __name__ == "__main__":
    report.show(measure())
