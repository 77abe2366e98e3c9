"""Key finding by profile distance.

Albrecht & Shanahan (2013), "The Use of Large Corpora to Train a New Type of Key-Finding Algorithm", Music Perception
31(1): normalised pitch-class weights against major and minor profiles, Euclidean distance.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_ai.descriptors.values import KeyDescriptor

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MAJOR = np.array([0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081])
MINOR = np.array([0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052])


def pitch_class_weights(pitch: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight of each of the 12 pitch classes, summing to 1 (zeros for silence).

    pitch: MIDI note numbers, shape (n,), fractions allowed: a note between two classes gives to both.
    weight: duration times amplitude, shape (n,).
    """
    below = np.floor(pitch)
    fraction = pitch - below
    total = np.zeros(12)
    np.add.at(total, below.astype(np.int64) % 12, weight * (1.0 - fraction))
    np.add.at(total, (below.astype(np.int64) + 1) % 12, weight * fraction)
    return total / total.sum() if total.sum() > 0 else total


def find_key(weights: NDArray[np.float64]) -> KeyDescriptor:
    """The key whose profile lies nearest to the pitch-class weights, shape (12,)."""
    if not weights.any():
        return KeyDescriptor(tonic="C", mode="major", confidence=0.0)
    profiles = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])
    distances = np.linalg.norm(profiles - weights, axis=1)
    best = int(np.argmin(distances))
    others = np.delete(distances, [best % 12, best % 12 + 12])
    margin = (others.min() - distances[best]) / others.min()
    return KeyDescriptor(
        tonic=NAMES[best % 12], mode="major" if best < 12 else "minor", confidence=float(np.clip(margin, 0.0, 1.0))
    )
