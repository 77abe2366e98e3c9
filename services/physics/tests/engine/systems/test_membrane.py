"""Membranes against Bessel's zeros, exact rectangles, and the dispersion that the grid prints."""

from math import pi, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.special import jn_zeros, jv

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.kernels.bessel import bessel, zeros_below
from harmonic_physics.engine.membrane.modes import Disc, Rectangle, circular
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.membrane import MembraneBody

VACUUM = {"fluid_density": 0.0, "viscosity": 0.0}
QUIET = {"temperature": 293.15, "stiffness": 1.0, "fluid_density": 0.0, "viscosity": 0.0, "damping": 1.0}
HIT = {"body": "a", "kind": "strike", "position": [0.37, 0.45], "amplitude": 0.01}
LOSSLESS = {"decay_time": None, "decay_time_1khz": None}


def run(skin: dict[str, Any], **spec: Any) -> Result:
    """One lossless skin in vacuum, struck once."""
    whole = {
        "duration": 1.0,
        "frame_interval": 0.01,
        "membranes": [{"name": "a"} | LOSSLESS | skin],
        "excitations": [HIT],
    }
    return simulate(check("membrane", whole | spec, VACUUM))


def test_ratios_are_those_of_the_bessel_zeros() -> None:
    """Sixty modes as published: every frequency over the lowest is j_mn / j_01 to 1e-9, pairs counted twice."""
    modes = run({"modes": 60, "frequency": 100.0}).header.modes
    zeros = sorted(z for m in range(30) for z in jn_zeros(m, 15) for _ in range(1 if m == 0 else 2))[:60]
    ratios = [mode.frequency / modes[0].frequency for mode in modes]
    assert ratios == pytest.approx([z / zeros[0] for z in zeros], rel=1e-9)
    facts = [1, 1.593341, 2.135549, 2.295417, 2.653066, 2.917295, 3.155465, 3.500147, 3.598485, 3.647451]
    assert sorted({round(r, 6) for r in ratios})[:10] == pytest.approx(facts, abs=1e-6)
    assert modes[0].frequency == pytest.approx(100.0, rel=1e-15)


def test_own_bessel_functions_and_zeros_agree_with_scipy() -> None:
    """J_m to 1e-14 up to order 40 and argument 120, its zeros to 1e-14 of themselves."""
    x = np.linspace(0.01, 120, 400)
    for m in (0, 1, 2, 7, 19, 40):
        assert np.abs([bessel(m, value) for value in x] - jv(m, x)).max() < 1e-14
        room = np.empty(60)
        count = zeros_below(m, 120.0, room)
        expected = jn_zeros(m, count + 1)
        assert expected[-1] > 120.0 > expected[-2]
        assert room[:count] == pytest.approx(expected[:-1], rel=1e-14)


def test_a_rectangle_is_exact() -> None:
    """f = c / 2 sqrt(m^2 / a^2 + n^2 / b^2) for thirty modes of a drum of 40 by 25 cm."""
    modes = run({"shape": "rectangle", "width": 0.4, "height": 0.25, "modes": 30}).header.modes
    c = sqrt(3000 / 0.26)
    exact = sorted(c / 2 * sqrt((m / 0.4) ** 2 + (n / 0.25) ** 2) for m in range(1, 20) for n in range(1, 20))[:30]
    assert [mode.frequency for mode in modes] == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize("kind", [Disc, Rectangle])
def test_shapes_have_unit_modal_mass(kind: type[Disc] | type[Rectangle]) -> None:
    """Surface density times the integral of products is the unit matrix, to 1e-10."""
    body = MembraneBody(name="a", shape="circle" if kind is Disc else "rectangle", modes=20)
    skin = kind(body, 2e4, QUIET)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    total = np.zeros((20, 20))
    for u, a in zip((nodes + 1) / 2, weights / 2, strict=True):
        for v, b in zip((nodes + 1) / 2, weights / 2, strict=True):
            if kind is Disc:  # polar, with the angle in equal steps
                x, y, area = (
                    0.5 + 0.5 * u * np.cos(2 * pi * v),
                    0.5 + 0.5 * u * np.sin(2 * pi * v),
                    a * b * 2 * pi * u / 4,
                )
            else:
                x, y, area = u, v, a * b
            shape = skin.shape([x, y])
            total += area * np.outer(shape, shape)
    assert np.abs(total * 0.26 * 0.35**2 - np.eye(20)).max() < 1e-10


def test_a_strike_in_the_middle_wakes_round_modes_alone() -> None:
    """Modes with a nodal line through the point struck stay silent."""
    modes = run({"modes": 20}, excitations=[HIT | {"position": [0.5, 0.5]}]).header.modes
    for mode, (_, m, _) in zip(modes, circular(20), strict=True):
        assert (abs(mode.excitation) > 1e-3) == (m == 0)


def test_air_lowers_low_modes_most() -> None:
    """The mass 2 rho / k of Lamb: a kettledrum's (1,1) mode falls, and the row of (m,1) tends to harmonic."""
    disc = Disc(MembraneBody(name="a", width=0.656, tension=4000.0, modes=20), 2e4, QUIET)
    dry, wet = disc.frequencies(QUIET), disc.frequencies(QUIET | {"fluid_density": 1.225})
    assert wet / dry == pytest.approx(1 / np.sqrt(1 + 2 * 1.225 / (disc.wave_numbers * 0.26)), rel=1e-14)
    row = [k for k, (_, m, odd) in enumerate(disc.modes) if m in (1, 2, 3) and not odd][:3]
    assert wet[row[1]] / wet[row[0]] > dry[row[1]] / dry[row[0]]
    assert abs(wet[row[1]] / wet[row[0]] - 1.5) < abs(dry[row[1]] / dry[row[0]] - 1.5) + 0.1


def grid(shape: str, rate: float, **skin: Any) -> Result:
    """A skin on a grid, read at its own rate."""
    return run(
        {"shape": shape, "width": 1.0, "frequency": 20.0, "pickups": [[0.41, 0.52]]} | skin,
        method="finite_differences", sample_rate=rate, frame_interval=1 / rate, duration=2.0,
    )  # fmt: skip


def lowest(result: Result, rate: float, near: float) -> float:
    """Frequency of the partial near `near`, by the turn of phase between two windowed halves."""
    signal = result.arrays["displacement"][:, 0]
    t, half = np.arange(len(signal)) / rate, len(signal) // 2
    slow, window = signal * np.exp(-2j * pi * near * t), np.hanning(half)
    turn = np.angle((slow[half : 2 * half] * window).sum() / (slow[:half] * window).sum())
    return float(near + turn / (2 * pi * half / rate))


def test_a_grid_keeps_its_energy_and_its_dispersion() -> None:
    """A square skin at 1 kHz: energy to 1e-11, the lowest mode flat by what the scheme's own law says, to 0.01 cent."""
    result = grid("rectangle", 1000.0)
    energy = result.arrays["energy"][1:, 0]
    assert np.abs(energy / energy[0] - 1).max() < 1e-11
    n = int(1.0 / (20.0 * sqrt(2.0) * sqrt(2.0) / 980.0))
    phase = 2 * (1 / 1000.0 * 20.0 * sqrt(2.0) * n * np.sin(0.5 * pi / n)) ** 2
    law = 1000.0 / pi * np.arcsin(sqrt(phase))
    assert abs(1200 * np.log2(lowest(result, 1000.0, law) / law)) < 0.01
    assert "flat by at most" in result.header.certificate.notes[0]


def test_a_round_grid_comes_near_the_bessel_zero() -> None:
    """A disc of stairs: the lowest mode within one per cent of j_01 c / R, nearer with a finer grid."""
    errors = [abs(lowest(grid("circle", rate), rate, 20.0) / 20.0 - 1) for rate in (1000.0, 3000.0)]
    assert errors[1] < errors[0] < 0.03
    assert errors[1] < 0.01


def test_an_outline_has_no_exact_modes() -> None:
    """An L is refused with modes and runs on a grid; points off a circle are refused."""
    corners = [[0, 0], [1, 0], [1, 0.5], [0.5, 0.5], [0.5, 1], [0, 1]]
    with pytest.raises(Refused, match="set method to finite_differences"):
        run({"shape": "outline", "outline": corners})
    with pytest.raises(Refused, match="off the circular skin"):
        run({"pickups": [[0.02, 0.02]]})
    result = grid("outline", 500.0, outline=corners)
    assert result.arrays["displacement"].any()


def test_a_lossy_grid_falls_as_its_decay_time_says() -> None:
    """Sixty decibels within the decay time, for the slow modes of a damped skin."""
    result = grid("rectangle", 500.0, decay_time=1.0, decay_time_1khz=1.0)
    energy = result.arrays["energy"][:, 0]
    assert 10 * np.log10(energy[500] / energy[1]) == pytest.approx(-60.0, abs=0.3)
    assert (np.diff(energy[1:]) < 0).all()
