"""The room: convolution with a diffuse, reproducible tail that darkens as it fades.

Overlap-save on a fixed grid from the stored send bus: a piece is a pure function of the bus and of its place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.soundscape.document import Reverb
from harmonic_audio.synthesis.noise import uniform

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
LOW_CUT_HZ = 160.0
BUILD_UP_S = 0.012
DARK_DECAY = 0.35
"""Decay time of what lies above the damping frequency, as a share of the whole tail's."""


def impulse_response(settings: Reverb, sample_rate: int, channels: int = 2) -> Floats:
    """The tail, shape (channels, n): decorrelated noise in two bands with their own decays, each of energy one."""
    length = int(settings.decay_s * 1.1 * sample_rate)
    delay = int(settings.predelay_s * sample_rate)
    seconds = np.arange(length) / sample_rate
    build_up = 1.0 - np.exp(-seconds / BUILD_UP_S)
    tail = np.zeros((channels, delay + length))
    for channel in range(channels):
        low, high = _bands(2.0 * uniform(channel + 11, length) - 1.0, settings.damping_hz, sample_rate)
        slow, fast = (np.exp(-np.log(1000.0) * seconds / (settings.decay_s * share)) for share in (1.0, DARK_DECAY))
        body = build_up * (low * slow + high * fast)
        # The last of it goes to zero smoothly.
        body *= 0.5 + 0.5 * np.cos(np.pi * np.clip((seconds / seconds[-1] - 0.9) / 0.1, 0.0, 1.0))
        tail[channel, delay:] = body / np.sqrt(np.sum(body * body))
    return tail


def _bands(noise: Floats, split_hz: float, sample_rate: int) -> tuple[Floats, Floats]:
    """The noise below and above the split (fourth order, in frequency), without its rumble."""
    size = 1 << (len(noise) - 1).bit_length()
    spectrum = np.fft.rfft(noise, size)
    hertz = np.fft.rfftfreq(size, 1.0 / sample_rate)
    cut = 1.0 / (1.0 + (LOW_CUT_HZ / np.maximum(hertz, 1e-9)) ** 4)
    low = 1.0 / (1.0 + (hertz / split_hz) ** 4)
    below = np.fft.irfft(spectrum * cut * low, size)[: len(noise)]
    above = np.fft.irfft(spectrum * cut * (1.0 - low), size)[: len(noise)]
    return below, above


@dataclass(frozen=True)
class Room:
    """A reverb made ready for a sample rate."""

    spectra: NDArray[np.complex64]
    length: int
    size: int
    level: float

    @classmethod
    def of(cls, settings: Reverb, sample_rate: int) -> "Room":
        """The room of the settings."""
        tail = impulse_response(settings, sample_rate)
        size = 1 << int(np.ceil(np.log2(2 * tail.shape[1])))
        spectra = np.fft.rfft(tail.astype(np.float32), size).astype(np.complex64)
        return cls(spectra, tail.shape[1], size, 10.0 ** (settings.level_db / 20.0))

    @property
    def hop(self) -> int:
        """Samples of a piece."""
        return self.size - self.length

    def wet(self, send: Samples, start: int) -> Samples:
        """The room's sound of the piece that begins at a sample; shape (2, up to hop)."""
        count = min(self.hop, len(send) - start)
        begin = start - self.length
        heard = send[max(begin, 0) : start + count]
        padded = np.zeros(self.size, dtype=np.float32)
        offset = max(-begin, 0)
        padded[offset : offset + len(heard)] = heard
        spectrum = np.fft.rfft(padded)
        both = np.fft.irfft(spectrum * self.spectra, self.size)[:, self.length : self.length + count]
        return (self.level * both).astype(np.float32)
