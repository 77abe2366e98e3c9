"""The test signals of EBU Tech 3341 and 3342 as their tables describe them, and libebur128's reading of any signal."""

import numpy as np
import pyebur128
from numpy.typing import NDArray

from harmonic_audio.synthesis.noise import uniform

RATE = 48_000
Floats = NDArray[np.float64]


def levels(*pieces: tuple[float, float]) -> Floats:
    """Amplitudes of pieces of (dBFS, seconds), one after another."""
    return np.concatenate([np.full(round(s * RATE), 10.0 ** (db / 20.0)) for db, s in pieces])


def tone(*pieces: tuple[float, float], channels: int = 2) -> Floats:
    """A sine of 1 kHz, in phase in all channels, in pieces of (dBFS, seconds)."""
    level = levels(*pieces)
    return np.tile(level * np.sin(2 * np.pi * 1000.0 * np.arange(len(level)) / RATE), (channels, 1))


def silence(seconds: float, channels: int = 2) -> Floats:
    """Nothing."""
    return np.zeros((channels, round(seconds * RATE)))


def peak_sine(divisor: int, degrees: float, amplitude: float) -> Floats:
    """Cases 15 to 19: a sine of a simple fraction of the sample rate, faded in and out."""
    n = np.arange(RATE)
    fade = np.minimum(1.0, np.minimum(n, n[::-1]) / 4800)
    return np.tile(fade * amplitude * np.sin(2 * np.pi * n / divisor + np.radians(degrees)), (2, 1))


def peak_between_samples(offset: int) -> Floats:
    """Cases 20 to 23: fs/6 at 0.5 with one period of fs/4 at 1.0, made at 4 fs, every fourth sample from an offset."""
    quiet = 0.5 * np.sin(2 * np.pi * np.arange(24 * 400) / 24)
    loud = np.sin(2 * np.pi * np.arange(16) / 16)
    n = np.arange(24 * 800 + 16)
    fade = np.minimum(1.0, np.minimum(n, n[::-1]) / 2400)
    return np.tile((fade * np.concatenate([quiet, loud, quiet]))[offset::4], (2, 1))


def music(seed: int, seconds: int = 12) -> Floats:
    """Decaying tones and noise, different left and right, with quiet stretches."""
    n = np.arange(RATE * seconds)
    t = n / RATE
    burst = np.exp(-4 * (t % 0.7)) * (0.2 + (np.floor(t / 3) % 2))
    left = burst * np.sin(2 * np.pi * (220 + 40 * seed) * t) + 0.02 * (2 * uniform(seed, len(n)) - 1)
    right = 0.5 * burst * np.sin(2 * np.pi * 3100 * t + 1) + 0.1 * np.sin(2 * np.pi * 60 * t)
    return 0.5 * np.stack([left, right])


class Libebur128:
    """libebur128's readings of samples (channels, n); surround in the order of a WAV file."""

    def __init__(self, samples: Floats, rate: int = RATE, *, peaks: bool = False) -> None:
        mode = pyebur128.MeasurementMode
        wanted = mode.MODE_I | mode.MODE_LRA | mode.MODE_S | mode.MODE_M | (mode.MODE_TRUE_PEAK if peaks else 0)
        self.channels = len(samples)
        self.state = pyebur128.R128State(self.channels, rate, wanted)
        kind = pyebur128.ChannelType
        orders = {
            5: "LEFT RIGHT CENTER LEFT_SURROUND RIGHT_SURROUND",
            6: "LEFT RIGHT CENTER UNUSED LEFT_SURROUND RIGHT_SURROUND",
            8: "LEFT RIGHT CENTER UNUSED M_PLUS_135 M_MINUS_135 M_PLUS_090 M_MINUS_090",
        }
        for channel, name in enumerate(orders.get(self.channels, "").split()):
            self.state.set_channel(channel, getattr(kind, name))
        self.momentary_max = self.short_max = float("-inf")
        for start in range(0, samples.shape[1], rate // 100):
            piece = samples[:, start : start + rate // 100]
            self.state.add_frames(np.ascontiguousarray(piece.T).ravel(), piece.shape[1])
            ended = start + piece.shape[1]
            if ended >= 0.4 * rate and not peaks:
                self.momentary_max = max(self.momentary_max, pyebur128.get_loudness_momentary(self.state))
            if ended >= 3 * rate and not peaks:
                self.short_max = max(self.short_max, pyebur128.get_loudness_shortterm(self.state))

    @property
    def integrated(self) -> float:
        """LUFS."""
        return float(pyebur128.get_loudness_global(self.state))

    @property
    def range(self) -> float:
        """LU."""
        return float(pyebur128.get_loudness_range(self.state))

    @property
    def true_peak_db(self) -> float:
        """dBTP."""
        highest = max(pyebur128.get_true_peak(self.state, channel) for channel in range(self.channels))
        return float(20 * np.log10(highest))
