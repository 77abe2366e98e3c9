"""Two loudspeakers by constant power: the lateral angle of a direction is its pan; above and behind fold onto it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from harmonic_audio.mix.effect import Through
from harmonic_audio.mix.layouts.layout import MOST_PAN_DEG, Floats, directions, unit_vectors
from harmonic_audio.mix.pan import constant_power


@dataclass(frozen=True)
class Stereo:
    """Left and right. ``gains(azimuth_of_pan(p))`` is ``constant_power(p)``."""

    name: str = "stereo"
    names: tuple[str, ...] = ("left", "right")
    channels: int = 2
    bus_channels: int = 2
    mask: int = 0x3
    weights: tuple[float, ...] = (1.0, 1.0)

    @property
    def returns(self) -> Floats:
        """One return a side."""
        return np.eye(2)

    def gains(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike = 0.0) -> Floats:
        """Gains left and right; shape (n, 2), left^2 + right^2 = 1."""
        vectors = unit_vectors(*directions(azimuth_deg, elevation_deg))
        # atan2 keeps the angle exact near the sides, where the arc sine loses half its digits.
        lateral = np.degrees(np.arctan2(vectors[:, 1], np.hypot(vectors[:, 0], vectors[:, 2])))
        return np.ascontiguousarray(constant_power(-lateral / MOST_PAN_DEG).T)

    def decoder(self, sample_rate: int) -> Through:
        """The bus is what is delivered."""
        return Through(self.channels)
