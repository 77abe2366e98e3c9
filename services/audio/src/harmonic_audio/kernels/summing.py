"""The summing of voices into a bus, in double precision: the order of the sums is that of the voices, always."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
STRETCH = 512


@kernel
def lay(voices: Samples, gains: Samples, bus: Floats) -> None:
    """Add voices (count, n) to the first rows of a bus by their gains (count, rows).

    Eight voices are summed in single precision (-146 dB), these sums in double.
    """
    count = voices.shape[0]
    for begin in range(0, bus.shape[1], STRETCH):
        end = min(begin + STRETCH, bus.shape[1])
        for row in range(gains.shape[1]):
            total = bus[row, begin:end]
            voice = 0
            while voice + 8 <= count:
                g0, g1, g2, g3 = gains[voice, row], gains[voice + 1, row], gains[voice + 2, row], gains[voice + 3, row]
                g4, g5, g6, g7 = (
                    gains[voice + 4, row], gains[voice + 5, row], gains[voice + 6, row], gains[voice + 7, row]
                )  # fmt: skip
                a, b = voices[voice, begin:end], voices[voice + 1, begin:end]
                c, d = voices[voice + 2, begin:end], voices[voice + 3, begin:end]
                e, f = voices[voice + 4, begin:end], voices[voice + 5, begin:end]
                g, h = voices[voice + 6, begin:end], voices[voice + 7, begin:end]
                for i in range(end - begin):
                    total[i] += np.float64(
                        ((g0 * a[i] + g1 * b[i]) + (g2 * c[i] + g3 * d[i]))
                        + ((g4 * e[i] + g5 * f[i]) + (g6 * g[i] + g7 * h[i]))
                    )
                voice += 8
            while voice < count:
                gain, sound = gains[voice, row], voices[voice, begin:end]
                for i in range(end - begin):
                    total[i] += np.float64(gain * sound[i])
                voice += 1


def warm() -> None:
    """Compile."""
    lay(np.zeros((9, 8), dtype=np.float32), np.ones((9, 2), dtype=np.float32), np.zeros((2, 8)))
