"""Bars against the tables of Timoshenko and Leissa, and against the formulas of a rectangular section."""

from math import cos, cosh, pi, sqrt, tan, tanh
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from harmonic_physics.engine.bar.modes import VibratingBar, root, shape
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.bar import BarBody, Ends

ENDS: list[Ends] = ["free", "clamped", "clamped_free", "clamped_supported", "supported"]
PUBLISHED: dict[Ends, tuple[float, ...]] = {
    "free": (4.730040744862704, 7.853204624095838, 10.995607838001671),
    "clamped": (4.730040744862704, 7.853204624095838, 10.995607838001671),
    "clamped_free": (1.875104068711961, 4.694091132974174, 7.854757438237613),
    "clamped_supported": (3.926602312047919, 7.068582745628732, 10.210176122813031),
    "supported": (pi, 2 * pi, 3 * pi),
}
QUIET = {"temperature": 293.15, "stiffness": 1.0, "fluid_density": 0.0, "viscosity": 0.0, "damping": 1.0}


def run(bar: dict[str, Any], **spec: Any) -> Result:
    """One bar in vacuum, struck once."""
    hit = {"body": "a", "kind": "strike", "position": [0.3], "amplitude": 0.01}
    whole = {"duration": 1.0, "frame_interval": 0.01, "bars": [{"name": "a"} | bar], "excitations": [hit]}
    return simulate(check("bar", whole | spec, {"fluid_density": 0.0}))


@pytest.mark.parametrize("ends", ENDS)
def test_roots_are_those_of_the_tables(ends: Ends) -> None:
    """The first three roots to fifteen digits."""
    found = [root(ends, n) for n in (1, 2, 3)]
    assert found == pytest.approx(PUBLISHED[ends], rel=4e-16)


@pytest.mark.parametrize("ends", ENDS)
def test_roots_solve_their_equation(ends: Ends) -> None:
    """The bounded form of the equation vanishes at forty roots to the rounding of its argument."""
    for n in range(1, 41):
        beta = root(ends, n)
        sign = {"free": -1.0, "clamped": -1.0, "clamped_free": 1.0}.get(ends)
        if sign is not None:
            assert abs(cos(beta) + sign / cosh(beta)) < 3e-16 * beta
        elif ends == "clamped_supported":
            assert abs(tan(beta) - tanh(beta)) < 6e-16 * beta


@pytest.mark.parametrize("ends", ENDS)
def test_shapes_are_orthonormal(ends: Ends) -> None:
    """Forty shapes, up to half a gigametre of cosh: orthonormal to 2e-13 by Gauss' rule."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    shapes = np.array([[shape(ends, root(ends, n), (x + 1) / 2) for x in nodes] for n in range(1, 41)])
    assert np.abs((shapes * weights / 2) @ shapes.T - np.eye(40)).max() < 2e-13


def test_a_steel_bar_has_the_pitch_of_the_textbook() -> None:
    """f1 = 1.0279 (h / L^2) sqrt(E / rho) of a free bar, then 2.7565 and 5.4039 times that."""
    modes = run({"length": 0.4, "thickness": 0.008}).header.modes
    assert modes[0].frequency == pytest.approx(1.027913 * 0.008 / 0.16 * sqrt(2e11 / 7850), rel=1e-5)
    ratios = [mode.frequency / modes[0].frequency for mode in modes[1:3]]
    assert ratios == pytest.approx([2.7565, 5.4039], abs=2e-4)


def test_an_undercut_bar_is_tuned_as_told() -> None:
    """A marimba bar: the first three modes at 1 : 4 : 10, whatever its length has to be."""
    modes = run(
        {"frequency": 220.0, "partials": [1.0, 4.0, 10.0], "decay_time": None, "decay_time_1khz": None}
    ).header.modes
    assert [mode.frequency for mode in modes[:3]] == pytest.approx([220.0, 880.0, 2200.0], rel=1e-14)


def test_a_strike_gives_the_energy_of_its_impulse() -> None:
    """Each mode gets (impulse x shape)^2 / 2, less what a soft hammer spares it; none is lost in vacuum."""
    lossless = {"decay_time": None, "decay_time_1khz": None}
    result = run(lossless, duration=2.0)
    impulse = 0.01
    expected = 0.0
    for mode in result.header.modes:
        x = mode.frequency * 5e-4
        expected += 0.5 * (impulse * mode.excitation * cos(pi * x) / (1 - 4 * x * x)) ** 2
    energy = result.arrays["energy"][:, 0]
    assert energy == pytest.approx(np.full(len(energy), expected), rel=1e-12)
    soft = run(
        lossless,
        excitations=[{"body": "a", "kind": "strike", "position": [0.3], "amplitude": 0.01, "contact_time": 1e-2}],
    )
    assert soft.arrays["brightness"][1, 0] < 0.7 * result.arrays["brightness"][1, 0]


def test_a_node_is_silent() -> None:
    """A bar struck at the node of its first mode does not sound it."""
    beta = root("free", 1)
    node = float(brentq(lambda x: shape("free", beta, x), 0.2, 0.25, xtol=1e-15))
    modes = run({}, excitations=[{"body": "a", "kind": "strike", "position": [node], "amplitude": 0.01}]).header.modes
    assert abs(modes[0].excitation) < 1e-8 * abs(modes[1].excitation)


def test_heat_softens_and_air_loads() -> None:
    """E falls by 2.6e-4 a kelvin, and air that moves along makes the bar heavier by two layers of one over k."""
    bar = VibratingBar(BarBody(name="a", modes=2), 2e4, QUIET)
    rest = bar.frequencies(QUIET)
    assert bar.frequencies(QUIET | {"temperature": 393.15}) / rest == pytest.approx(sqrt(1 - 0.026), rel=1e-14)
    water = bar.frequencies(QUIET | {"fluid_density": 1000.0})
    heavier = 1 + 2 * 1000.0 * 0.3 / (PUBLISHED["free"][0] * 78.5)
    assert rest[0] / water[0] == pytest.approx(sqrt(heavier), rel=1e-14)


def test_a_stubby_bar_is_refused() -> None:
    """Where bending theory does not hold, the reason says so."""
    with pytest.raises(Refused, match="thicker than a fifth"):
        run({"length": 0.03, "thickness": 0.01})
