"""Two ears of a spherical head, for headphones: an ambisonic bus, decoded by the exact response of a rigid sphere.

Without measured ears: the sphere gives the differences in time and level between the ears, not the colours by which
above and below are told apart. The ears are at +-90 degrees. Up to about 2 kHz the field at the ears
is that of the sphere (ITD within 10 us); above, its magnitude is fitted.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from harmonic_audio.mix.convolution import BLOCK, Convolver
from harmonic_audio.mix.effect import Floats, Stateful
from harmonic_audio.mix.layouts.ambix import AmbiX, spherical_harmonics
from harmonic_audio.mix.layouts.sphere import LEAD, responses

LEFT_EAR_DEG: Final = 90.0


class HeadDecoder(Stateful):
    """An ambisonic bus to left and right ear. It lags by ``latency`` samples; runs are whole blocks."""

    def __init__(self, order: int, sample_rate: int, block: int = BLOCK) -> None:
        self.inputs, self.outputs, self.latency = (order + 1) ** 2, 2, LEAD
        self._degrees = np.repeat(np.arange(order + 1), 2 * np.arange(order + 1) + 1)
        self._toward = spherical_harmonics(order, LEFT_EAR_DEG)[0]
        self._convolver = Convolver(_halves(order, sample_rate), block)

    def _process(self, run: Floats) -> Floats:
        # The harmonics of a degree share one response; those that vanish at the ears are not heard.
        summed = np.zeros((self._convolver.inputs, run.shape[1]))
        for channel in np.flatnonzero(np.abs(self._toward) > 1e-12):
            summed[self._degrees[channel]] += self._toward[channel] * run[channel]
        alike, opposite = self._convolver(summed)
        return np.asarray(np.stack([alike + opposite, alike - opposite]))

    def state(self) -> bytes:
        """What the convolution carries."""
        return self._convolver.state()

    def restore(self, state: bytes) -> None:
        """Give it back to the convolution."""
        self._convolver.restore(state)


def _halves(order: int, sample_rate: int) -> Floats:
    """Responses (2, order + 1, taps): from the sums of the degrees to what the ears share and to what they differ by.

    The ears lie opposite each other, where a harmonic of degree l has the same value times (-1)^l.
    """
    taps = responses(order, sample_rate)
    even = np.arange(order + 1)[:, np.newaxis] % 2 == 0
    return np.asarray(np.stack([np.where(even, taps, 0.0), np.where(even, 0.0, taps)]))


@dataclass(frozen=True)
class Binaural:
    """Left and right ear."""

    order: int = 5
    name: str = "binaural"
    names: tuple[str, ...] = ("left ear", "right ear")
    channels: int = 2
    mask: int = 0x3
    weights: tuple[float, ...] = (1.0, 1.0)

    @property
    def bus_channels(self) -> int:
        """Those of ambiX of the order."""
        return (self.order + 1) ** 2

    @property
    def returns(self) -> Floats:
        """As in ambiX."""
        return AmbiX(self.order).returns

    def gains(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike = 0.0) -> Floats:
        """The harmonics of the directions; shape (n, bus_channels)."""
        return spherical_harmonics(self.order, azimuth_deg, elevation_deg)

    def decoder(self, sample_rate: int) -> HeadDecoder:
        """A fresh decoder: (bus_channels, n) to (2, n)."""
        return HeadDecoder(self.order, sample_rate)
