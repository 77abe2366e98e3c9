"""K-weighting and the weights of channels: ITU-R BS.1770-5 annex 1 (head shelf, RLB high pass), any sample rate."""

from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SURROUND: Final = 1.41
CHANNEL_WEIGHTS: Final = MappingProxyType(
    {
        "mono": (1.0,),
        "stereo": (1.0, 1.0),
        "binaural": (1.0, 1.0),
        "5.0": (1.0, 1.0, 1.0, SURROUND, SURROUND),
        "5.1": (1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND),
        "7.1": (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, SURROUND, SURROUND),
    }
)
"""By layout, in the order of a WAV file's channel mask: left, right, centre, low frequency, back (7.1), side.

BS.1770-5 table 3 and annex 3: 1.41 between 60 and 120 degrees of azimuth, 1 elsewhere; low frequencies do not count.
"""
BY_COUNT: Final = MappingProxyType({1: "mono", 2: "stereo", 5: "5.0", 6: "5.1", 8: "7.1"})


def channel_weights(channels: int, layout: str | None = None) -> Floats:
    """Weights of a layout's channels, by its name or else by their number; 1 for each channel of any other layout.

    Raises ValueError where a named layout has another number of channels.
    """
    name = layout if layout is not None else BY_COUNT.get(channels)
    weights = CHANNEL_WEIGHTS.get(name or "", (1.0,) * channels)
    if len(weights) != channels:
        raise ValueError(f"the layout {name} has {len(weights)} channels, not {channels}")
    return np.array(weights)


@cache
def biquads(sample_rate: float) -> Floats:
    """Both stages as rows b0, b1, b2, a1, a2; shape (2, 5). ``sample_rate`` in hertz.

    By the analogue prototypes behind the standard's 48 kHz figures, bilinear transform (libebur128 does the same):
    head shelf of f0 1681.974450955533 Hz, gain 3.999843853973347 dB, Q 0.7071752369554196;
    RLB high pass of f0 38.13547087602444 Hz, Q 0.5003270373238773.
    """
    k, q = np.tan(np.pi * 1681.974450955533 / sample_rate), 0.7071752369554196
    vh = 10.0 ** (3.999843853973347 / 20.0)
    vb = vh**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    zeros = ((vh + vb * k / q + k * k) / a0, 2.0 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0)
    shelf = (*zeros, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0)
    k, q = np.tan(np.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    high_pass = (1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0)
    return np.array([shelf, high_pass])
