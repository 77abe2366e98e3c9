"""The key of a piece: its pitch classes correlated with the profiles of listeners (Krumhansl and Kessler 1982)."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.analysis.chroma import NAMES

Floats = NDArray[np.float64]
MAJOR: Final = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR: Final = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True)
class Key:
    """The best key, its correlation in -1..1, and by how much it leads the next."""

    tonic: str
    mode: Literal["major", "minor"]
    correlation: float
    lead: float


def key_of(pitch_classes: Floats) -> Key | None:
    """The key of twelve weights, C first; None where all are alike, which fits no key."""
    if np.ptp(pitch_classes) <= 1e-12 * np.abs(pitch_classes).max(initial=1e-300):
        return None
    scores = [
        (float(np.corrcoef(np.roll(profile, tonic), pitch_classes)[0, 1]), NAMES[tonic], mode)
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
        for tonic in range(12)
    ]
    (best, tonic, mode), (second, _, _) = sorted(scores, reverse=True)[:2]
    return Key(tonic, "major" if mode == "major" else "minor", best, best - second)
