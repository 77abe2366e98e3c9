"""What is seen of galaxies at one moment: places of the told bodies, radii, bars, arms, and the whole's energies."""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.galaxy.cost import KMS_A_KPC_YR
from harmonic_physics.engine.galaxy.start import Frame
from harmonic_physics.engine.kernels.stars import half_angle, harmonics, offsets
from harmonic_physics.engine.systems.galaxy import ARMS, SHARES, GalaxySpec

Floats = NDArray[np.float64]


class Look:
    """Measures of a state; holds nothing that changes."""

    def __init__(self, spec: GalaxySpec, held: Frame) -> None:
        self.spec, self.held = spec, held

    def now(self, state: dict[str, Floats], book: Floats) -> dict[str, Floats]:
        """Every declared observable."""
        held, cores = self.held, state["core"].T
        stars = state["x"][:, held.tracer].T
        own = np.concatenate([cores - cores, stars - cores[held.owner]])
        shapes = [self._harmonics(state, k) for k in range(len(held.spans))]
        apart = cores - cores[0]
        return {
            "position": np.concatenate([cores, stars]),
            "velocity": np.concatenate([state["core_v"].T, state["v"][:, held.tracer].T]) * KMS_A_KPC_YR,
            "radius": lengths(own),
            "lagrangian_radii": np.array([self._radii(state, k) for k in range(len(held.spans))]),
            "bar_strength": np.array([shape[0] for shape in shapes]),
            "bar_angle": np.array([half_angle(shape[1], shape[2]) for shape in shapes]),
            "spiral_strength": np.array([shape[3 : 3 + len(ARMS)] for shape in shapes]),
            "separation": lengths(apart),
            "virial_ratio": np.array(-2.0 * book[0] / book[1] if book[1] < 0.0 else 0.0),
            "kinetic_energy": np.array(book[0]),
            "energy": np.array(book[0] + book[1]),
            "momentum": book[2:5].copy(),
            "angular_momentum": book[5:8].copy(),
        }

    def bars(self, state: dict[str, Floats]) -> Floats:
        """A2/A0 of each galaxy."""
        return np.array([self._harmonics(state, k)[0] for k in range(len(self.held.spans))])

    def _harmonics(self, state: dict[str, Floats], k: int) -> Floats:
        low, high = self.held.spans[k]
        out = np.zeros(6)
        harmonics(state["x"][:, low:high], state["core"][:, k], self.held.axes[k], self.spec.galaxies[k].scale, out)
        return out

    def _radii(self, state: dict[str, Floats], k: int) -> Floats:
        low, high = self.held.spans[k]
        square = np.sort(offsets(state["x"][:, low:high], state["core"][:, k]))
        return np.sqrt(square[[max(0, int(share * (high - low)) - 1) for share in SHARES]])


def lengths(vectors: Floats) -> Floats:
    """Of vectors (n, 3)."""
    x, y, z = vectors.T
    return np.asarray(np.sqrt(x * x + y * y + z * z))
