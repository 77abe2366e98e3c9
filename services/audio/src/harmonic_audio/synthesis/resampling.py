"""The table of the windowed sinc, and how wide it must be so that nothing folds back."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CROSSINGS: Final = 32
POINTS: Final = 1024
KEPT: Final = 0.885
"""Part of the lower Nyquist frequency where the sinc is 6 dB down; the window's transition, +-0.115 of it for
-110 dB, ends at the Nyquist frequency itself."""


@lru_cache(maxsize=1)
def table() -> Floats:
    """sinc times Kaiser's window of 110 dB, from its middle to its end."""
    at = np.arange(CROSSINGS * POINTS + 2) / POINTS
    inside = np.clip(1.0 - (at / CROSSINGS) ** 2, 0.0, 1.0)
    beta = 0.1102 * (110.0 - 8.7)
    return np.asarray(np.where(at <= CROSSINGS, np.sinc(at) * np.i0(beta * np.sqrt(inside)) / np.i0(beta), 0.0))


def widths(speed: Floats) -> Floats:
    """Spacing of the crossings where data are read at so many samples a sample of the output."""
    return np.asarray(np.maximum(np.abs(speed), 1.0) / KEPT)


def at_places(data: Floats, places: Floats, speed: Floats, around: bool = False) -> Floats:
    """``data`` read at places in samples, at a speed in samples of data a sample of output; aliases below -100 dB."""
    from harmonic_audio.kernels.sinc import read

    return np.asarray(read(data, places, widths(speed), table(), around))
