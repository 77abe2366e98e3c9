"""Second-order sections in series, over channels. Transposed direct form II, double precision."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import kernel

Floats = NDArray[np.float64]
SILENT = 1e-30


@kernel
def filtered(samples: Floats, sections: Floats, state: Floats, out: Floats) -> None:
    """samples, out (channels, n); sections (k, 5): b0 b1 b2 a1 a2 with a0 = 1; state (channels, k, 2), updated."""
    for channel in range(samples.shape[0]):
        for n in range(samples.shape[1]):
            out[channel, n] = samples[channel, n]
        for k in range(sections.shape[0]):
            b0, b1, b2 = sections[k, 0], sections[k, 1], sections[k, 2]
            a1, a2 = sections[k, 3], sections[k, 4]
            s1, s2 = state[channel, k, 0], state[channel, k, 1]
            for n in range(samples.shape[1]):
                x = out[channel, n]
                y = b0 * x + s1
                s1 = b1 * x - a1 * y + s2
                s2 = b2 * x - a2 * y
                # Rings end in silence, not in numbers too small to be fast.
                s1 = 0.0 if abs(s1) < SILENT else s1
                s2 = 0.0 if abs(s2) < SILENT else s2
                out[channel, n] = y
            state[channel, k, 0], state[channel, k, 1] = s1, s2


def warm() -> None:
    """Compile it for what it is called with."""
    filtered(np.zeros((1, 2)), np.zeros((1, 5)), np.zeros((1, 1, 2)), np.zeros((1, 2)))
