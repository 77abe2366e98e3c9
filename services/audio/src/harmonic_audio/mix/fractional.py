"""Signals read between their samples: a Kaiser-windowed sinc of 64 taps, exact to -100 dB up to 20 kHz at 48 kHz.

Kaiser's formula: 100 dB at a width of (A - 8) / (2.285 (taps - 1)) = 0.64 rad, half of it on either side of the Nyquist
frequency. 1,024 phases, linear between: (pi / 1024)^2 / 8 = -118 dB.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.effect import Floats

TAPS: Final = 64
PHASES: Final = 1024
ATTENUATION_DB: Final = 106.0
BEFORE: Final = TAPS // 2 - 1
"""Samples before the one at or below a place that its value needs."""
AFTER: Final = TAPS // 2
"""Samples after it."""


@cache
def table(taps: int = TAPS) -> Floats:
    """The sinc at each phase, for ``kernels.fractional.read``; shape (PHASES + 1, taps). Do not change it."""
    beta = 0.1102 * (ATTENUATION_DB - 8.7)
    shift = np.arange(PHASES + 1)[:, None] / PHASES
    reach = np.arange(taps) - (taps // 2 - 1) - shift
    window = np.i0(beta * np.sqrt(np.maximum(0.0, 1.0 - (reach / (taps // 2)) ** 2))) / np.i0(beta)
    sinc = np.sinc(reach) * window
    out = sinc / sinc.sum(axis=1, keepdims=True)
    out.setflags(write=False)
    return np.asarray(out)


def read(signal: Floats, places: Floats) -> Floats:
    """A signal (n,) at places counted in samples from its first; silent beyond its ends; shape as the places."""
    wholes = np.floor(places)
    return read_at(signal, wholes.astype(np.int64), places - wholes)


def read_at(signal: Floats, wholes: NDArray[np.int64], parts: Floats, taps: int = TAPS) -> Floats:
    """The same at places in two: whole samples, and parts from 0 to below 1; shape as these.

    For streams: the whole can be counted from any sample without a bit of the part changing. ``taps`` must be a
    multiple of 8; half of them reach beyond a place: 32 are exact to -100 dB up to 18 kHz.
    """
    from harmonic_audio.kernels.fractional import read as compiled

    out = np.empty(len(wholes))
    compiled(np.ascontiguousarray(signal), np.ascontiguousarray(wholes), np.ascontiguousarray(parts), table(taps), out)
    return out
