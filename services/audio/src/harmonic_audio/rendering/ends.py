"""How a sound ends: its last stretch goes smoothly to silence."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FADE_S: Final = 1.5


def faded(samples: NDArray[np.float32], start: int, frames: int, sample_rate: int) -> None:
    """Lay the fade of a sound of ``frames`` on its piece (channels, n) that begins at ``start``, in place.

    A raised cosine over the last 1.5 s; zero from the last frame on.
    """
    count = min(round(FADE_S * sample_rate), frames)
    begin = max(frames - count - start, 0)
    if begin >= samples.shape[1]:
        return
    place = np.arange(start + begin, start + samples.shape[1]) - (frames - count) + 1.0
    share = np.minimum(place / count, 1.0)
    samples[:, begin:] *= (0.5 + 0.5 * np.cos(np.pi * share)).astype(np.float32)
