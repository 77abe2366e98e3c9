"""The integrators of orbits are what their declarations say: order, symmetry, tables, documentation."""

from math import log, sqrt, tau

import numpy as np
import pytest
from numba import njit

from harmonic_physics.engine.integrators.gauss_radau import GAUSS_RADAU_15, Radau
from harmonic_physics.engine.integrators.kahan_li import KAHAN_LI_8, LEAPFROG, Composition
from harmonic_physics.engine.kernels.gravity import compose
from harmonic_physics.engine.kernels.radau import converge, finish
from harmonic_physics.engine.kernels.stride import flat
from harmonic_physics.engine.orbits.steps import leapfrog_weights

ALL = (LEAPFROG, KAHAN_LI_8, GAUSS_RADAU_15)
GM = np.array([1.0, 1e-3])


@njit
def composed(state: np.ndarray, gm: np.ndarray, h: float, count: int, drift: np.ndarray, kick: np.ndarray) -> None:
    """Equal steps of a composition."""
    x, v, cx, cv = flat(state)
    pull = np.empty_like(x)
    for _ in range(count):
        compose(x, v, cx, cv, gm, 0.0, h, drift, kick, pull)


@njit
def collocated(state: np.ndarray, gm: np.ndarray, h: float, count: int) -> None:
    """Equal steps of Gauss-Radau, each from no guess."""
    n3 = 3 * gm.shape[0]
    b, at, a0, g, trial = np.empty((7, n3)), np.empty((7, n3)), np.empty(n3), np.empty((7, n3)), np.empty((2, n3))
    for _ in range(count):
        b[:] = 0.0
        converge(state, gm, 0.0, h, a0, b, at, g, trial)
        finish(state, h, a0, b, at)


def walked(method: Composition | Radau, state: np.ndarray, time: float, count: int) -> np.ndarray:
    """The state after a time in so many equal steps."""
    state = state.copy()
    if isinstance(method, Composition):
        composed(state, GM, time / count, count, *leapfrog_weights(method))
    else:
        collocated(state, GM, time / count, count)
    return state


def ellipse(eccentricity: float = 0.2) -> np.ndarray:
    """[x, v, compensations] at the periapsis of an orbit with the axis 1."""
    state = np.zeros((4, 2, 3))
    total = GM.sum()
    speed = sqrt(total * (1 + eccentricity) / (1 - eccentricity))
    for body, share in ((0, -GM[1] / total), (1, GM[0] / total)):
        state[0, body, 0], state[1, body, 1] = share * (1 - eccentricity), share * speed
    return state


@pytest.mark.parametrize(
    ("method", "few", "many", "eccentricity"),
    [(LEAPFROG, 200, 400, 0.2), (KAHAN_LI_8, 40, 80, 0.2), (GAUSS_RADAU_15, 3, 4, 0.0)],
    ids=["leapfrog", "kahan-li", "gauss-radau"],
)
def test_the_measured_order_is_the_declared_one(
    method: Composition | Radau, few: int, many: int, eccentricity: float
) -> None:
    """The error of a turn falls with the declared power of the step; three steps of order 15 already give 5e-12."""
    start, period = ellipse(eccentricity), tau / sqrt(GM.sum())
    errors = [float(np.abs(walked(method, start, period, count)[0] - start[0]).max()) for count in (few, many)]
    assert log(errors[0] / errors[1]) / log(many / few) == pytest.approx(method.order, abs=0.04 * method.order + 0.1)


@pytest.mark.parametrize("method", ALL, ids=lambda m: m.name)
def test_there_and_back_again(method: Composition | Radau) -> None:
    """The same steps backwards lead to the start: to rounding, or to the step's accuracy."""
    start = ellipse()
    there = walked(method, start, 3.0, 60)
    assert np.abs(there[0] - start[0]).max() > 0.1
    assert np.abs(walked(method, there, -3.0, 60)[:2] - start[:2]).max() < 1e-13


@pytest.mark.parametrize("method", ALL, ids=lambda m: m.name)
def test_a_method_declares_itself(method: Composition | Radau) -> None:
    """Name, order, kind, what a checkpoint holds, and where it comes from; symplectic weights are symmetric, sum 1."""
    assert method.order > 1 and method.fields and len(method.documentation) > 100
    assert method.symplectic != method.adaptive
    if isinstance(method, Composition):
        assert method.weights == method.weights[::-1]
        assert np.sum(method.weights) == pytest.approx(1.0, abs=1e-15)


def test_the_nodes_are_radaus() -> None:
    """Roots of P_7 + P_8 on [-1, 1], mapped to [0, 1]; and the weights integrate every power up to 14 exactly."""
    from numpy.polynomial import legendre

    nodes = np.array(GAUSS_RADAU_15.nodes)
    assert np.abs(legendre.legval(2 * nodes - 1, [0] * 7 + [1, 1])).max() < 1e-13
    weights = np.array(GAUSS_RADAU_15.weights)
    for power in range(1, 15):
        assert weights @ nodes[1:] ** power == pytest.approx(1 / (power + 1), abs=1e-15)
