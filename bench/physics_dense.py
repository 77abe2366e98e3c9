"""Smooth universes read at 48 kHz: the error of frames inside a step, and whether they shorten the steps."""

from math import sqrt, tau
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import report
from bench.clock import best
from bench.result import Figure, Measurement

Floats = NDArray[np.float64]
RATE = 48_000
ERROR_BAR, STEPS_BAR = 1e-9, 1.02
ECCENTRICITY = 0.2


def measure() -> Measurement:
    """Errors against closed forms; steps with 48,000 frames over steps with few, in the same time."""
    figures = [*_tone(), *(figure for method in ("symplectic", "adaptive") for figure in _kepler(method))]
    return Measurement("physics_dense", "python -m bench.physics_dense", figures)


def _tone() -> list[Figure]:
    """x'' = -w^2 x at 440 Hz for a second: cos(w t)."""
    w = tau * 440.0
    rows = [{"name": "x", "rate": "v", "start": 1.0}, {"name": "v", "rate": f"-{w * w!r} * x", "start": 0.0}]
    spec = {"model": "custom", "variables": rows, "duration": 1.0}
    fine, coarse = (_checked("attractor", spec | {"frame_interval": dt}) for dt in (1 / RATE, 0.25))
    result = _simulated(fine)
    error = np.abs(result.arrays["position"][:, 0, 0] - np.cos(w * result.time)).max()
    return _figures("a custom oscillator of 440 Hz", float(error), fine, coarse, 1.0)


def _kepler(method: str) -> list[Figure]:
    """An orbit of e = 0.2 in a second of sound, against Kepler's equation, over the axis."""
    half, speed = (1 - ECCENTRICITY) / 2, sqrt(2 * (1 + ECCENTRICITY) / (1 - ECCENTRICITY)) / 2
    bodies = [
        {"name": "a", "mass": 1.0, "position": [half, 0, 0], "velocity": [0, speed, 0]},
        {"name": "b", "mass": 1.0, "position": [-half, 0, 0], "velocity": [0, -speed, 0]},
    ]
    period = tau / sqrt(2)
    spec = {"duration": period, "units": "natural", "events": [], "bodies": bodies, "method": method}
    fine, coarse = (_checked("orbits", spec | {"frame_interval": dt}) for dt in (period / RATE, period))
    result = _simulated(fine)
    place = result.arrays["position"]
    apart = place[:, 0, :2] - place[:, 1, :2]
    anomaly = _eccentric_anomaly(tau * result.time / period)
    true = np.stack([np.cos(anomaly) - ECCENTRICITY, sqrt(1 - ECCENTRICITY**2) * np.sin(anomaly)], axis=1)
    error = np.sqrt(((apart - true) ** 2).sum(axis=1)).max()
    return _figures(f"an orbit a second, {method}", float(error), fine, coarse, 1.0)


def _figures(name: str, error: float, fine: Any, coarse: Any, sound_s: float) -> list[Figure]:
    steps = [_simulated(each).header.certificate.steps for each in (fine, coarse)]
    return [
        Figure(f"48 kHz of {name}, largest relative error", error, "", ERROR_BAR),
        Figure(f"48 kHz of {name}, steps over those of few frames", steps[0] / steps[1], "", STEPS_BAR),
        Figure(f"48 kHz of {name}", sound_s / best(3, lambda: _simulated(fine)), "x real time"),
    ]


def _eccentric_anomaly(mean: Floats) -> Floats:
    """Kepler's equation by Newton's method."""
    found = mean + ECCENTRICITY * np.sin(mean)
    for _ in range(8):
        found -= (found - ECCENTRICITY * np.sin(found) - mean) / (1 - ECCENTRICITY * np.cos(found))
    return found


def _checked(kind: str, spec: dict[str, Any]) -> Any:
    from harmonic_physics.engine.checking import check

    return check(kind, spec, {})


def _simulated(start: Any) -> Any:
    from harmonic_physics.engine.simulate import simulate

    return simulate(start)


if __name__ == "__main__":
    report.show(measure())
