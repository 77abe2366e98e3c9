"""Plates against Ritz' and Leissa's eigenvalues, Navier's exact ones, and a driven resonator's closed form."""

from math import pi, sqrt
from typing import Any

import numpy as np
import pytest

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.kernels.symmetric import eigen, gauss_legendre
from harmonic_physics.engine.plate.modes import VibratingPlate
from harmonic_physics.engine.plate.ritz import solve, trial
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.plate import PlateBody

QUIET = {"temperature": 293.15, "stiffness": 1.0, "fluid_density": 0.0, "viscosity": 0.0, "damping": 1.0}


def run(plate: dict[str, Any], **spec: Any) -> Result:
    """One plate in vacuum, struck once."""
    hit = {"body": "a", "kind": "strike", "position": [0.3, 0.45], "amplitude": 0.01}
    whole = {"duration": 1.0, "frame_interval": 0.01, "plates": [{"name": "a"} | plate], "excitations": [hit]}
    return simulate(check("plate", whole | spec, {"fluid_density": 0.0}))


def test_the_free_square_plate_has_chladnis_eigenvalues() -> None:
    """The first ten of nu = 0.3 to 1e-5, and seven of nu = 0.225, as converged Ritz-Legendre gives them."""
    published = [13.46820, 19.59614, 24.27020, 34.80089, 34.80089, 61.09323, 61.09323, 63.68614, 69.26541, 77.17170]
    assert solve(("free",) * 4, 1.0, 0.3, 18).eigenvalues[:10] == pytest.approx(published, abs=1e-5)
    other = [14.11608, 20.38682, 23.87794, 35.97682, 35.97682, 61.36935, 61.36935]
    assert solve(("free",) * 4, 1.0, 0.225, 18).eigenvalues[:7] == pytest.approx(other, abs=1e-5)


def test_more_functions_change_nothing_that_counts() -> None:
    """From 18 to 24 functions an axis, ten eigenvalues of the free plate move by less than 1e-7 of themselves."""
    coarse, fine = (solve(("free",) * 4, 1.0, 0.3, n).eigenvalues[:10] for n in (18, 24))
    assert np.abs(coarse / fine - 1).max() < 1e-7


@pytest.mark.parametrize("ratio", [1.0, 0.6])
def test_supported_plates_are_naviers(ratio: float) -> None:
    """pi^2 (m^2 + n^2 r^2), exact, whatever Poisson's ratio: twelve modes to 1e-9."""
    exact = sorted(pi**2 * (m * m + (n * ratio) ** 2) for m in range(1, 9) for n in range(1, 9))[:12]
    assert solve(("supported",) * 4, ratio, 0.25, 18).eigenvalues[:12] == pytest.approx(exact, rel=1e-9)


def test_clamped_and_cantilevered_plates_are_leissas() -> None:
    """Leissa 1973: clamped 35.992, 73.413, 108.27 and a cantilever's 3.4917, 8.5246, 21.429 are upper bounds, near."""
    clamped = solve(("clamped",) * 4, 1.0, 0.3, 18).eigenvalues
    assert clamped[0] == pytest.approx(35.98519, abs=1e-5)
    for found, bound in zip(clamped[[0, 1, 3]], (35.992, 73.413, 108.27), strict=True):
        assert 0.999 * bound < found < bound
    cantilever = solve(("clamped", "free", "free", "free"), 1.0, 0.3, 16).eigenvalues
    for found, bound in zip(cantilever[:3], (3.4917, 8.5246, 21.429), strict=True):
        assert 0.99 * bound < found < bound


@pytest.mark.parametrize("edges", [("free", "free"), ("clamped", "supported"), ("clamped", "free"), ("supported",) * 2])
def test_trial_functions_are_orthonormal_and_keep_their_edges(edges: tuple[str, str]) -> None:
    """Twenty Jacobi polynomials: orthonormal to 1e-13, zero where held, flat where clamped; derivatives as told."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    f = trial(20, edges, nodes)
    assert np.abs((f[0] * weights) @ f[0].T - np.eye(20)).max() < 1e-12
    ends = trial(20, edges, np.array([-1.0, 1.0]))
    for side, edge in enumerate(edges):
        assert edge == "free" or not ends[0, :, side].any()
        assert edge != "clamped" or not ends[1, :, side].any()
    near = trial(20, edges, np.array([0.3 - 1e-5, 0.3, 0.3 + 1e-5]))
    assert (near[0, :, 2] - near[0, :, 0]) / 2e-5 == pytest.approx(near[1, :, 1], rel=1e-5, abs=1e-6)
    assert (near[1, :, 2] - near[1, :, 0]) / 2e-5 == pytest.approx(near[2, :, 1], rel=1e-5, abs=1e-5)


def test_own_linear_algebra_agrees_with_lapack() -> None:
    """Jacobi's rotations and Gauss' rule against numpy's, to rounding."""
    matrix = np.random.default_rng(3).normal(size=(40, 40))
    matrix = matrix + matrix.T
    expected = np.linalg.eigvalsh(matrix)
    turned, vectors = matrix.copy(), np.empty_like(matrix)
    assert eigen(turned, vectors) > 0
    assert np.sort(np.diag(turned)) == pytest.approx(expected, abs=1e-12)
    assert np.abs(vectors @ matrix @ vectors.T - np.diag(np.diag(turned))).max() < 1e-12
    nodes, weights = np.empty(28), np.empty(28)
    gauss_legendre(nodes, weights)
    assert np.abs(nodes[::-1] - np.polynomial.legendre.leggauss(28)[0]).max() < 1e-15
    assert np.abs(weights[::-1] - np.polynomial.legendre.leggauss(28)[1]).max() < 1e-14


def test_a_brass_plate_has_the_pitch_of_its_formula() -> None:
    """f1 = 13.468 / (2 pi a^2) sqrt(D / rho h) of a free plate."""
    modes = run({"decay_time": None, "decay_time_1khz": None}).header.modes
    stiffness = 1.05e11 * 1e-9 / (12 * (1 - 0.09))
    expected = 13.46820 / (2 * pi * 0.09) * sqrt(stiffness / (8500 * 1e-3))
    assert modes[0].frequency == pytest.approx(expected, rel=1e-5)


def test_modes_keep_their_mass() -> None:
    """Published shapes are of unit modal mass: rho h times the integral of the square is 1."""
    body = PlateBody(name="a", modes=6, width=0.4)
    plate = VibratingPlate(body, 2e4, QUIET)
    nodes, weights = np.polynomial.legendre.leggauss(16)
    total = np.zeros((6, 6))
    for x, a in zip((nodes + 1) / 2, weights / 2, strict=True):
        for y, b in zip((nodes + 1) / 2, weights / 2, strict=True):
            shape = plate.shape([x, y])
            total += a * b * np.outer(shape, shape)
    mass = 8500 * 1e-3 * 0.4 * 0.3
    assert np.abs(total * mass - np.eye(6)).max() < 1e-6


def test_a_drive_at_resonance_settles_on_its_closed_form() -> None:
    """F phi / (2 d W) at the resonance of one mode, after the transient has died; then it rings down by thresholds."""
    plate = {"modes": 1, "decay_time": 0.5, "decay_time_1khz": 0.5, "pickups": [[0.95, 0.95]]}
    mode = run(plate, excitations=[]).header.modes[0]
    rest = sqrt((2 * pi * mode.frequency) ** 2 + mode.decay_rate**2)
    drive = {"body": "a", "position": [0.95, 0.95], "frequency": rest / (2 * pi), "force": 0.1, "length": 3.0}
    result = run(plate, excitations=[], drives=[drive], duration=4.0, frame_interval=1 / 4000, falls=3)
    settled = np.abs(result.arrays["displacement"][10_000:12_000, 0]).max()
    assert settled == pytest.approx(0.1 * mode.pickups[0] ** 2 / (2 * mode.decay_rate * rest), rel=1e-3)
    kinds = [result.header.event_kinds[k] for k in result.events.kind]
    assert kinds == ["contact", "threshold", "threshold", "threshold"]
    assert result.events.time[1] > 3.0


def test_nodal_lines_of_the_surface_are_chladnis() -> None:
    """The first figure of the free square plate is a cross along the middles: the shown surface vanishes on it."""
    result = run({"modes": 1}, surface=9)
    surface = np.abs(result.arrays["surface"][1, 0])
    assert surface[4].max() < 1e-10 * surface.max()
    assert surface[:, 4].max() < 1e-10 * surface.max()
    assert surface[0, 0] == pytest.approx(surface.max())


def test_a_thick_plate_is_refused() -> None:
    """Where thin-plate theory does not hold, the reason says so."""
    with pytest.raises(Refused, match="thicker than a tenth"):
        run({"thickness": 0.05})
