"""The envelope of held voices: attack, decay, sustain, release, in closed form at any sample and smooth throughout."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FORGOTTEN: Final = 35.0
"""Decay times after which a plain exponential decay is over to the last bit of a double."""


@dataclass(frozen=True)
class Envelope:
    """Raised-cosine attack, exponential decay to the sustain level, raised-cosine release from ``held_s`` on.

    Each segment bends by a curvature c, 0 the plain shape. Attack and release: time u in 0..1 runs as
    (1 - exp(-c u)) / (1 - exp(-c)), so c > 0 hurries at first and lingers at the end. Decay exp(-g(u)), u in decay
    times: g = log(1 + c u) / c for c > 0 (a long tail), g = (exp(-c u) - 1) / -c for c < 0 (slow, then sudden).
    Level and slope are continuous for every curvature: no segment clicks.
    """

    attack_s: float
    decay_s: float
    sustain: float
    held_s: float
    release_s: float
    attack_curve: float = 0.0
    decay_curve: float = 0.0
    release_curve: float = 0.0

    @property
    def total_s(self) -> float:
        """From onset to silence."""
        return self.held_s + self.release_s

    def at(self, seconds: Floats) -> Floats:
        """Level at ascending times after the onset; zero after the release."""
        first, last = float(seconds[0]), float(seconds[-1])
        level = np.full(len(seconds), self.sustain)
        decaying = self.decay_curve > 0.0 or first < self.attack_s + FORGOTTEN * self.decay_s
        if self.sustain < 1.0 and decaying:
            level += (1.0 - self.sustain) * self._decay(np.maximum(seconds - self.attack_s, 0.0))
        if first < self.attack_s:
            level *= 0.5 - 0.5 * np.cos(np.pi * bend(np.clip(seconds / self.attack_s, 0.0, 1.0), self.attack_curve))
        if last > self.held_s:
            if self.release_s > 0.0:
                gone = np.clip((seconds - self.held_s) / self.release_s, 0.0, 1.0)
                level *= 0.5 + 0.5 * np.cos(np.pi * bend(gone, self.release_curve))
            else:
                level[seconds > self.held_s] = 0.0
        return level

    def _decay(self, seconds: Floats) -> Floats:
        if self.decay_s <= 0.0:
            return np.zeros(len(seconds))
        u, c = seconds / self.decay_s, self.decay_curve
        if c > 0.0:
            return np.asarray((1.0 + c * u) ** (-1.0 / c))
        if c < 0.0:
            return np.asarray(np.exp(-np.expm1(np.minimum(-c * u, 20.0)) / -c))
        return np.asarray(np.exp(-u))


def bend(u: Floats, curve: float) -> Floats:
    """Time 0..1 bent to 0..1: (1 - exp(-c u)) / (1 - exp(-c)); straight at c = 0."""
    return u if abs(curve) < 1e-9 else np.asarray(np.expm1(-curve * u) / np.expm1(-curve))
