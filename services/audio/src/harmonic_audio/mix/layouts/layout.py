"""What a channel layout is: where a sound goes in the channels of a bus, and how a bus becomes what is delivered.

Directions: azimuth 0 is ahead, +90 left, 180 behind (counter-clockwise, as ambisonics and BS.2051 count); elevation
+90 is above. A pan of -1..1 is a direction too: ``azimuth_of_pan``.
"""

from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonic_audio.mix.effect import Effect

Floats = NDArray[np.float64]
MOST_PAN_DEG: Final = 90.0


class Layout(Protocol):
    """A way to deliver sound. A bus may have more channels than are delivered (binaural)."""

    @property
    def name(self) -> str:
        """As the mix document names it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the delivered channels, in the order of the file."""

    @property
    def channels(self) -> int:
        """Delivered channels."""

    @property
    def bus_channels(self) -> int:
        """Channels of a bus; ``gains`` has as many columns."""

    @property
    def mask(self) -> int:
        """Speaker positions of WAVEFORMATEXTENSIBLE; 0 where the channels are no loudspeakers."""

    @property
    def weights(self) -> tuple[float, ...]:
        """Weight of each delivered channel in the loudness sum (ITU-R BS.1770-5 table 4)."""

    @property
    def returns(self) -> Floats:
        """Where decorrelated returns of a reverb go, evenly around: gains of shape (returns, bus_channels)."""

    def gains(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike = 0.0) -> Floats:
        """Linear gains of sounds from directions; shape (n, bus_channels) for n directions."""

    def decoder(self, sample_rate: int) -> Effect:
        """A fresh decoder: (bus_channels, n) to (channels, n)."""


def azimuth_of_pan(pan: ArrayLike) -> Floats:
    """Azimuth in degrees of pans -1 (left, +90) to +1 (right, -90); shape as the pans."""
    return np.asarray(-MOST_PAN_DEG * np.asarray(pan, dtype=np.float64))


def directions(azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> tuple[Floats, Floats]:
    """Azimuths and elevations in radians as two vectors of one length."""
    both = np.broadcast_arrays(np.atleast_1d(azimuth_deg), np.atleast_1d(elevation_deg))
    azimuth, elevation = (np.radians(np.asarray(angle, dtype=np.float64)).ravel() for angle in both)
    return azimuth, elevation


def unit_vectors(azimuth: Floats, elevation: Floats) -> Floats:
    """Unit vectors (ahead, left, up) of directions in radians; shape (n, 3)."""
    flat = np.cos(elevation)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)], axis=1)


def loudness_weight(azimuth_deg: float, elevation_deg: float = 0.0) -> float:
    """Weight of a loudspeaker in BS.1770-5 (table 4): 1.41 at the sides near ear height, else 1."""
    beside = 60.0 <= abs(azimuth_deg) <= 120.0 and abs(elevation_deg) < 30.0
    return 1.41 if beside else 1.0
