"""5.1 and 7.1: constant power between the two loudspeakers beside a direction (VBAP, Pulkki 1997, in the plane).

Angles: ITU-R BS.775-4 / BS.2051-3 systems B (0, +-30, +-110) and I (0, +-30, +-90, +-135). Sounds above the plane
spread: with elevation e, sin^2 e of the power goes evenly to all loudspeakers, cos^2 e stays at the azimuth. The low
frequency channel is off: only a mix that sends to it uses it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from harmonic_audio.mix.effect import Through
from harmonic_audio.mix.layouts.layout import Floats, directions, loudness_weight

LFE: Final = "lfe"


@dataclass(frozen=True)
class Surround:
    """Loudspeakers in the plane, in the order of a WAV file."""

    name: str
    names: tuple[str, ...]
    azimuths_deg: tuple[float | None, ...]
    """None for the low frequency channel."""
    mask: int

    @property
    def channels(self) -> int:
        """Loudspeakers, the low frequency one too."""
        return len(self.names)

    @property
    def bus_channels(self) -> int:
        """As many as are delivered."""
        return len(self.names)

    @property
    def weights(self) -> tuple[float, ...]:
        """BS.1770: 1.41 for the surrounds at 60 to 120 degrees, 0 for the low frequency channel."""
        return tuple(0.0 if azimuth is None else loudness_weight(azimuth) for azimuth in self.azimuths_deg)

    @property
    def returns(self) -> Floats:
        """One return a loudspeaker, none to the low frequency channel; their power together that of two."""
        return float(np.sqrt(2.0 / len(self._around()[0]))) * np.eye(self.channels)[self._around()[0]]

    def gains(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike = 0.0) -> Floats:
        """Gains of sounds from directions; shape (n, channels), of power 1."""
        azimuth, elevation = directions(azimuth_deg, elevation_deg)
        speakers, angles = self._around()
        turned = np.mod(np.degrees(azimuth), 360.0)
        right = np.searchsorted(angles, turned, side="right") - 1
        left = (right + 1) % len(angles)
        gap = np.radians(np.mod(angles[left] - angles[right], 360.0))
        into = np.radians(np.mod(turned - angles[right], 360.0))
        # Pulkki: the direction as a sum of the two unit vectors, g = L^-1 p, then scaled to power 1.
        pair = np.stack([np.sin(gap - into), np.sin(into)], axis=1)
        pair /= np.linalg.norm(pair, axis=1, keepdims=True)
        flat = np.zeros((len(azimuth), len(angles)))
        rows = np.arange(len(azimuth))
        flat[rows, right], flat[rows, left] = pair[:, 0], pair[:, 1]
        level, spread = np.cos(elevation)[:, None] ** 2, np.sin(elevation)[:, None] ** 2
        gains = np.zeros((len(azimuth), self.channels))
        gains[:, speakers] = np.sqrt(level * flat * flat + spread / len(angles))
        return gains

    def decoder(self, sample_rate: int) -> Through:
        """The bus is what is delivered."""
        return Through(self.channels)

    def _around(self) -> tuple[list[int], Floats]:
        """Channels and angles of the loudspeakers in order of angle, beginning ahead (0 degrees)."""
        placed = sorted((angle % 360.0, index) for index, angle in enumerate(self.azimuths_deg) if angle is not None)
        return [index for _, index in placed], np.array([angle for angle, _ in placed])


SURROUND_5_1: Final = Surround(
    "5.1",
    ("left", "right", "centre", LFE, "left surround", "right surround"),
    (30.0, -30.0, 0.0, None, 110.0, -110.0),
    0x3F,
)
SURROUND_7_1: Final = Surround(
    "7.1",
    ("left", "right", "centre", LFE, "left rear", "right rear", "left side", "right side"),
    (30.0, -30.0, 0.0, None, 135.0, -135.0, 90.0, -90.0),
    0x63F,
)
