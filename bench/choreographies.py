"""Find choreographies: N equal bodies chasing each other on one closed curve. `python -m bench.choreographies N SEED`.

1. A curve of random Fourier coefficients with a chosen symmetry falls to a minimum of the action (Simo 2001):
   A = mean of |q'|^2 / 2 + sum_j 1 / (2 |q(t) - q(t + j T / N)|), T = 2 pi, G = m = 1. Quasi-Newton (L-BFGS).
2. Newton's method solves grad A = 0 in Fourier space.
3. Shooting: Newton on the engine's own flow over T / N, after which body i is where body i + 1 was. The Jacobian is a
   central difference; singular directions (time, rotation, scale) are left out by least squares.
What returns to 1e-10 after a whole period is printed as a row of `presets/choreographies.py`.
"""

import sys
from math import tau

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.simulate import simulate

Floats = NDArray[np.float64]
HARMONICS, SAMPLES = 40, 240
TRIES = 40
CLOSEST = 0.04


def basis(symmetry: int, harmonics: int, samples: int) -> tuple[Floats, Floats]:
    """Curves (2 samples, unknowns) and their speeds. Symmetry 0: an eight's, 1: a chain's; d > 1: d-fold rotation."""
    t = tau * np.arange(samples) / samples
    curves, speeds = [], []
    for k in range(-harmonics, harmonics):
        if symmetry > 1 and (k - 1) % symmetry == 0:
            curves.append([np.cos(k * t), np.sin(k * t)])
            speeds.append([-k * np.sin(k * t), k * np.cos(k * t)])
        if symmetry <= 1 and k > 0 and k % 2:
            curves.append([np.cos(k * t), 0 * t])
            speeds.append([-k * np.sin(k * t), 0 * t])
        if symmetry <= 1 and k > 0 and k % 2 == symmetry:
            curves.append([0 * t, np.sin(k * t)])
            speeds.append([0 * t, k * np.cos(k * t)])
    return np.array(curves).reshape(len(curves), -1).T, np.array(speeds).reshape(len(speeds), -1).T


class Action:
    """The action of a curve, its gradient and Hessian in Fourier space."""

    def __init__(self, count: int, symmetry: int) -> None:
        self.count, self.samples = count, SAMPLES // count * count
        self.curves, self.speeds = basis(symmetry, HARMONICS, self.samples)
        self.inertia = self.speeds.T @ self.speeds / self.samples
        self.closest = 0.0

    def gaps(self, q: Floats) -> list[tuple[int, Floats, Floats]]:
        """Shift, vector (2, samples) and distance to each body ahead."""
        shifts = [j * self.samples // self.count for j in range(1, self.count)]
        vectors = [q - np.roll(q, -shift, axis=1) for shift in shifts]
        return [(s, d, np.sqrt((d**2).sum(axis=0))) for s, d in zip(shifts, vectors, strict=True)]

    def __call__(self, c: Floats) -> tuple[float, Floats]:
        """Action and gradient."""
        gaps = self.gaps((self.curves @ c).reshape(2, -1))
        self.closest = min(float(r.min()) for _, _, r in gaps)
        potential = float(np.mean([np.mean(0.5 / r) for _, _, r in gaps])) * len(gaps)
        force = -np.sum([d / r**3 for _, d, r in gaps], axis=0).ravel()
        return 0.5 * float(c @ self.inertia @ c) + potential, self.inertia @ c + self.curves.T @ force / self.samples

    def hessian(self, c: Floats) -> Floats:
        """Second derivatives."""
        h = self.inertia.copy()
        shape = self.curves.reshape(2, self.samples, -1)
        for shift, d, r in self.gaps((self.curves @ c).reshape(2, -1)):
            change = shape - np.roll(shape, -shift, axis=1)
            along = np.einsum("km,kmp->mp", d, change)
            h -= 0.5 * np.einsum("kmp,m,kmq->pq", change, r**-3, change) / self.samples
            h += 1.5 * np.einsum("mp,m,mq->pq", along, r**-5, along) / self.samples
        return h


def fallen(action: Action, chance: np.random.Generator) -> Floats | None:
    """Coefficients of a critical curve that is no circle and has no near collision, or None."""
    weights = np.sqrt(np.diag(action.inertia))
    start = chance.normal(size=len(weights)) / np.maximum(1.0, weights) ** 1.5 * (weights < 6)

    def scaled(u: Floats) -> tuple[float, Floats]:
        value, gradient = action(u / weights)
        return value, gradient / weights

    c: Floats = minimize(scaled, start * weights, jac=True, method="L-BFGS-B", options={"maxiter": 250}).x / weights
    for _ in range(10):
        radius = np.hypot(*(action.curves @ c).reshape(2, -1))
        _, gradient = action(c)
        if action.closest < CLOSEST or np.ptp(radius) < 0.01 * radius.max():
            return None
        c = c - np.linalg.lstsq(action.hessian(c), gradient, rcond=1e-10)[0]
    return c


def flow(state: Floats, time: float) -> Floats:
    """[x, v] (2, n, 2) after a time, by the engine's adaptive method."""
    bodies = [
        {"name": str(i), "mass": 1.0, "position": [*map(float, x), 0.0], "velocity": [*map(float, v), 0.0]}
        for i, (x, v) in enumerate(zip(*state, strict=True))
    ]
    spec = {"units": "natural", "method": "adaptive", "events": [], "bodies": bodies}
    arrays = simulate(check("orbits", spec | {"duration": time, "frame_interval": time}, {})).arrays
    return np.array([arrays["position"][-1, :, :2], arrays["velocity"][-1, :, :2]])


def shot(state: Floats) -> Floats:
    """The state made periodic: after T / N each body is where the next one was."""
    shape, time = state.shape, tau / state.shape[1]

    def miss(z: Floats) -> Floats:
        return (flow(z.reshape(shape), time) - np.roll(z.reshape(shape), -1, axis=1)).ravel()

    z = state.ravel().copy()
    for _ in range(7):
        wrong = miss(z)
        if np.abs(wrong).max() < 3e-15:
            break
        steps = 1e-5 * np.eye(len(z))
        jacobian = np.array([(miss(z + step) - miss(z - step)) / 2e-5 for step in steps]).T
        z = z - np.linalg.lstsq(jacobian, wrong, rcond=1e-9)[0]
    return z.reshape(shape)


def main() -> None:
    """Search, and print what returns."""
    count, chance = int(sys.argv[1]), np.random.default_rng(int(sys.argv[2]))
    seen: set[float] = set()
    for _ in range(TRIES):
        action = Action(count, int(chance.integers(0, 6)))
        c = fallen(action, chance)
        if c is None or round(action(c)[0], 5) in seen:
            continue
        seen.add(round(action(c)[0], 5))
        at = np.arange(count) * action.samples // count
        curve, speed = ((table @ c).reshape(2, -1)[:, at].T for table in (action.curves, action.speeds))
        try:
            state = shot(np.array([curve, speed]))
            back = float(np.abs(flow(state, tau) - state).max())
        except (Stopped, np.linalg.LinAlgError):
            continue
        print(f"# action {action(c)[0]:.6f}, returns to {back:.1e}")
        if back < 1e-10:
            print(repr(tuple(float(value) for value in state.ravel())))


if __name__ == "__main__":
    main()
