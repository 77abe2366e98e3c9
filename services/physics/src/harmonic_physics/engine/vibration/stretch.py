"""A stretch of ringing between two moments: everything in it is known from how it begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import modal
from harmonic_physics.engine.vibration.plan import Push

Floats = NDArray[np.float64]


@dataclass
class Stretch:
    """Free ringing, or ringing under steady drives, from `start` to `end`: homogeneous part at `start`, and drives."""

    start: float
    end: float
    q: Floats
    v: Floats
    pushes: list[Push]

    def at(self, time: float, modes: Floats) -> tuple[Floats, Floats]:
        """Displacements and velocities of all modes."""
        q, v = np.empty_like(self.q), np.empty_like(self.v)
        modal.move(self.q, self.v, modes, time - self.start, q, v)
        for each in self.pushes:
            each.add(time, q, v)
        return q, v
