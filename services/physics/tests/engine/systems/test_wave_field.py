"""Waves in the plane against d'Alembert, the eigenfrequencies of a box, Snell, and a border that should not be
there."""

from math import asin, pi, sin, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused, TooLarge

Floats = NDArray[np.float64]


def run(environment: dict[str, float] | None = None, seed: int = 0, **spec: Any) -> Result:
    """A plain plane of 4 m by 1 m with waves of 1 m/s."""
    whole: dict[str, Any] = {
        "duration": 2.0, "frame_interval": 0.02, "width": 4.0, "height": 1.0, "cells": 200, "medium": "plain",
        "probes": [{"name": "a", "position": [2.0, 0.5]}], "picture": 0, "layer": 10,
    }  # fmt: skip
    return simulate(check("wave_field", whole | spec, environment or {}), seed)


def times(result: Result, kind: str) -> Floats:
    """When events of a kind happened."""
    found: Floats = result.events.time[result.events.kind == result.header.event_kinds.index(kind)]
    return found


def test_a_closed_field_keeps_its_energy() -> None:
    """Rigid and held borders, walls and lenses, drops in the middle of a step: energy to 1e-12 of what was given."""
    result = run(
        sides=["reflect", "hold", "reflect", "hold"], duration=20.0,
        walls=[{"centre": [1.5, 0.5], "width": 0.2, "height": 1.0, "gaps": [[0.2, 0.4]]}],
        lenses=[{"shape": "circle", "centre": [3.0, 0.5], "width": 0.6, "speed": 0.5}],
        drops=[{"position": [0.7, 0.4]}, {"position": [2.6, 0.6], "time": 1.2345}],
    )  # fmt: skip
    assert result.header.certificate.invariants["energy"] < 1e-12


def test_a_border_gives_back_less_than_a_thousandth() -> None:
    """A wave that meets a matched layer head on, against the same wave in a plane so large that it never does."""
    bell = {"position": [2.0, 0.5], "width": 0.08}
    tall: dict[str, Any] = {
        "height": 0.2,
        "sides": ["absorb", "absorb", "reflect", "reflect"],
        "layer": 16,
        "duration": 4.0,
    }
    tall |= {"probes": [{"name": "a", "position": [2.7, 0.1]}], "drops": [bell | {"position": [2.0, 0.1]}]}
    near = run(**tall)
    shift = {"width": 12.0, "cells": 600, "probes": [{"name": "a", "position": [6.7, 0.1]}]}
    far = run(**tall | shift | {"drops": [bell | {"position": [6.0, 0.1]}]})
    wave = np.abs(far.arrays["level"]).max()
    assert np.abs(near.arrays["level"] - far.arrays["level"]).max() < 1e-3 * wave
    assert wave > 0.1


def test_a_border_takes_slanted_waves_too() -> None:
    """A drop in the open plane: after the rings have left, less than 1e-4 of the energy is still there."""
    result = run(width=2.0, height=2.0, cells=100, duration=6.0, drops=[{"position": [1.0, 1.0], "width": 0.08}])
    energy = result.arrays["energy"]
    assert energy[-1] < 1e-4 * energy[1]


def test_a_box_rings_at_the_frequencies_of_the_scheme() -> None:
    """cos(2 pi x / w) in a rigid box swings at the leapfrog's own frequency: zero crossings to 1e-5 of a turn."""
    n, cells = 50, 50
    box: dict[str, Any] = {
        "width": 1.0,
        "height": 0.16,
        "cells": cells,
        "sides": ["reflect"] * 4,
        "frame_interval": 0.01,
    }
    comb = [{"position": [0.5, 0.08], "width": 0.5}]
    result = run(**box, drops=comb, duration=40.0, probes=[{"name": "a", "position": [0.05, 0.08]}], threshold=1e-9)
    level = result.arrays["level"][:, 0] - result.arrays["level"][:, 0].mean()
    k = 0.01
    law = 2.0 / k * asin(k * n * sin(pi / n))  # sin(w k / 2) = (k c / dx) sin(kappa dx / 2), kappa = 2 pi / w
    t = result.time
    near = np.exp(-1j * law * t)
    half = len(t) // 2
    window = np.hanning(half)
    turn = np.angle(
        (level[half : 2 * half] * near[half : 2 * half] * window).sum() / (level[:half] * near[:half] * window).sum()
    )
    assert abs(turn) / (law * half * k) < 1e-5


def test_two_slits_make_fringes() -> None:
    """Far behind two slits, loud where the paths differ by a whole wave, faint where by half of one (Young 1803)."""
    wall = {"centre": [0.8, 2.0], "width": 0.06, "height": 4.0, "gaps": [[1.5, 1.6], [2.4, 2.5]]}
    result = run(
        width=4.0, height=4.0, cells=200, duration=14.0, walls=[wall], loudness_time=2.0,
        tones=[{"position": [0.5, 0.2], "to": [0.5, 3.8], "frequency": 2.5, "amplitude": 5.0}],
        probes=[{"name": f"p{k}", "position": spot} for k, spot in enumerate([[3.4, 2.0], _dark()])],
    )  # fmt: skip
    bright, dark = result.arrays["loudness"][-1]
    assert dark < 0.35 * bright


def _dark() -> list[float]:
    """Where the paths from the two slits differ by half a wave of 0.4 m."""
    low, high = 2.0, 3.9
    for _ in range(60):
        y = 0.5 * (low + high)
        apart = sqrt(2.6**2 + (y - 1.55) ** 2) - sqrt(2.6**2 + (y - 2.45) ** 2)
        low, high = (y, high) if apart < 0.2 else (low, y)
    return [3.4, low]


def test_waves_run_at_the_speed_of_their_medium() -> None:
    """Shallow water at sqrt(g H), air at 331.3 sqrt(T / 273.15): a crest takes the way between two probes over it."""
    probes = [{"name": "a", "position": [1.5, 0.1]}, {"name": "b", "position": [3.0, 0.1]}]
    line: dict[str, Any] = {"height": 0.2, "sides": ["absorb", "absorb", "reflect", "reflect"], "probes": probes}
    line |= {"drops": [{"position": [0.8, 0.1], "width": 0.12}], "threshold": 0.1}
    water = run({"gravity": 1.62}, medium="water", depth=0.1, duration=8.0, **line)
    air = run({"temperature": 400.0}, medium="air", duration=0.012, frame_interval=1e-4, **line)
    for result, speed in ((water, sqrt(0.162)), (air, 331.3 * sqrt(400 / 273.15))):
        crests = times(result, "extremum")
        assert (crests[-1] - crests[0]) * speed == pytest.approx(1.5, rel=0.02)


def test_time_scale_and_courant_number_go_together() -> None:
    """Ten times the speed of time is ten times as many steps; the waves arrive in a tenth of the time."""
    drops = [{"position": [1.0, 0.5], "width": 0.1}]
    slow = run(drops=drops, threshold=0.05)
    fast = run({"time_scale": 10.0}, drops=drops, threshold=0.05)
    assert fast.header.certificate.steps > 5 * slow.header.certificate.steps
    assert times(fast, "arrival")[0] == pytest.approx(times(slow, "arrival")[0] / 10, rel=0.02)


def test_crests_are_found_between_the_steps() -> None:
    """A standing wave's crests at a probe come at whole periods, to a thousandth of a step."""
    box: dict[str, Any] = {"width": 1.0, "height": 0.16, "cells": 50, "sides": ["reflect"] * 4, "duration": 6.0}
    box |= {"frame_interval": 0.01}
    tone = {"position": [0.0, 0.0], "to": [0.0, 0.16], "frequency": 0.8, "amplitude": 50.0}
    result = run(**box, tones=[tone], threshold=0.01, probes=[{"name": "a", "position": [0.7, 0.08]}])
    level, t = result.arrays["level"][:, 0], result.time
    for crest in times(result, "extremum"):
        k = int(np.searchsorted(t, crest))
        fine = np.polynomial.Polynomial.fit(t[k - 3 : k + 3], level[k - 3 : k + 3], 5).deriv()
        assert abs(float(fine(crest))) < 2e-4 * np.abs(np.diff(level)).max() / 0.01
    assert len(times(result, "extremum")) > 3


def test_rain_falls_by_the_seed() -> None:
    """One drop in every stretch of 1 / rate, the same for the same seed, others for another."""
    rain = {"rate": 5.0, "level": 0.3, "width": 0.05}
    first, again, other = (run(seed=seed, rain=rain) for seed in (1, 1, 2))
    strikes = times(first, "strike")
    assert [int(t * 5) for t in strikes] == list(range(10))
    assert first.arrays["level"].tobytes() == again.arrays["level"].tobytes()
    assert first.arrays["level"].tobytes() != other.arrays["level"].tobytes()


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"probes": [{"name": "a", "position": [5.0, 0.5]}]}, "outside the plane"),
        ({"cells": 1000, "height": 4.0}, "are too many"),
        ({"layer": 40, "cells": 100}, "leave less than half"),
        ({"walls": [{"centre": [2.0, 0.5], "width": 0.1, "height": 0.5}]}, "inside a wall"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(spec: dict[str, Any], reason: str) -> None:
    """Probes off the plane or in a wall, too many cells, borders that leave no plane."""
    with pytest.raises(Refused, match=reason):
        run(**spec)


def test_steps_that_the_courant_number_makes_too_many_are_refused_with_their_estimate() -> None:
    """Sound through a fine grid for an hour: refused before it starts, and the estimate says why."""
    with pytest.raises(TooLarge, match="would take about"):
        run(medium="air", duration=3600.0, frame_interval=1.0, cells=400)
