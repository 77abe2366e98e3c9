"""The loudness meter: momentary, short-term, integrated and range. ITU-R BS.1770-5, EBU Tech 3341 and 3342.

L = -0.691 + 10 lg sum over channels of G_i times the mean square of the K-weighted signal.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.loudness.weighting import biquads, channel_weights

Floats = NDArray[np.float64]
Samples = NDArray[np.floating]
OFFSET: Final = -0.691
ABSOLUTE_GATE: Final = -70.0
STEPS_PER_S: Final = 100
MOMENTARY: Final = 40
SHORT_TERM: Final = 300
"""Windows in steps: 400 ms and 3 s."""
LOWEST_RATE: Final = 2000


@dataclass(frozen=True)
class Loudness:
    """What a programme measures. None where all of it lies below the absolute gate, or it is too short."""

    integrated_lufs: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    range_lu: float | None


class LoudnessMeter:
    """Feed it samples in order, in pieces of any size; ask it at any time. Its readings slide by 10 ms.

    The pieces change nothing, not a bit. Memory: 8 bytes for each 10 ms.
    """

    def __init__(self, channels: int = 2, sample_rate: int = 48_000, layout: str | None = None) -> None:
        """``layout`` as in `weighting.channel_weights`. Raises ValueError for a rate below 2 kHz or a false layout."""
        if sample_rate < LOWEST_RATE:
            raise ValueError(f"loudness is measured from {LOWEST_RATE} Hz sample rate up, not at {sample_rate}")
        self._rate, self._weights = sample_rate, channel_weights(channels, layout)
        self._stages = biquads(sample_rate)
        self._state = np.zeros((channels, 4))
        self._fed = 0
        self._open = np.zeros(channels)
        """Squares of the step that is not full yet."""
        self._energy: list[Floats] = []

    def feed(self, samples: Samples) -> None:
        """Add samples of shape (channels, n), float32 or float64. Raises ValueError for another number of channels."""
        from harmonic_audio.kernels.metering import weigh

        if samples.ndim != 2 or len(samples) != len(self._weights):
            raise ValueError(f"the meter takes samples of shape ({len(self._weights)}, n), not {samples.shape}")
        first = self._step_of(self._fed)
        whole = self._step_of(self._fed + samples.shape[1]) - first
        # Step k ends at floor((k + 1) rate / 100): exact for any rate.
        ends = np.arange(first + 1, first + whole + 2) * self._rate // STEPS_PER_S - self._fed
        ends[-1] = samples.shape[1]
        sums = np.zeros((len(samples), whole + 1))
        sums[:, 0] = self._open
        kind = np.float32 if samples.dtype == np.float32 else np.float64
        weigh(np.ascontiguousarray(samples, dtype=kind), self._stages, self._state, ends, whole, sums)
        self._open = sums[:, -1].copy()
        self._fed += samples.shape[1]
        self._energy.append(self._weights @ sums[:, :-1])

    def _step_of(self, sample: int) -> int:
        """The step that a sample lies in; = the number of steps that end at or before it."""
        return ((sample + 1) * STEPS_PER_S - 1) // self._rate

    def energies(self) -> Floats:
        """Weighted sum over channels of the K-weighted squares of each whole 10 ms so far."""
        self._energy = [np.concatenate([np.zeros(0), *self._energy])]
        return self._energy[0]

    def loudness(self, gain: float = 1.0) -> Loudness:
        """The measurements so far, as if the signal had been multiplied by a gain."""
        return measured(self.energies() * gain * gain, self._rate / STEPS_PER_S)

    def momentary(self) -> float | None:
        """Loudness of the last 400 ms in LUFS; None before they are full, and for silence."""
        return self._last(MOMENTARY)

    def short_term(self) -> float | None:
        """Loudness of the last 3 s in LUFS; None before they are full, and for silence."""
        return self._last(SHORT_TERM)

    def _last(self, steps: int) -> float | None:
        window = self.energies()[-steps:]
        return _lufs(float(window.sum()) / (steps * self._rate / STEPS_PER_S)) if len(window) == steps else None

    def course(self, hop: int = 10) -> tuple[Floats, Floats]:
        """Momentary and short-term loudness in LUFS each ``hop`` steps of 10 ms; -inf for silence.

        Value i of the first ends 0.4 s + i hops after the start, of the second 3 s + i hops.
        """
        step = self._rate / STEPS_PER_S
        powers = [_windows(self.energies(), steps)[::hop] / (steps * step) for steps in (MOMENTARY, SHORT_TERM)]
        with np.errstate(divide="ignore"):
            momentary, short = (OFFSET + 10.0 * np.log10(power) for power in powers)
        return momentary, short


def measured(energies: Floats, step: float) -> Loudness:
    """The measurements of a programme from the K-weighted energies of its steps of 10 ms of ``step`` samples."""
    momentary = _windows(energies, MOMENTARY) / (MOMENTARY * step)
    short = _windows(energies, SHORT_TERM) / (SHORT_TERM * step)
    return Loudness(
        integrated_lufs=_gated(momentary[::10]),
        momentary_max_lufs=_lufs(float(momentary.max(initial=0.0))),
        short_term_max_lufs=_lufs(float(short.max(initial=0.0))),
        range_lu=_range(short[::100]),
    )


def _windows(energies: Floats, steps: int) -> Floats:
    """Sums over every run of ``steps``; exact sums, not differences of running totals, which would lose quiet parts."""
    if len(energies) < steps:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(energies, steps).sum(axis=1))


def _lufs(power: float) -> float | None:
    return OFFSET + 10.0 * float(np.log10(power)) if power > 0.0 else None


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs - OFFSET) / 10.0))


def _gated(blocks: Floats) -> float | None:
    """Integrated loudness of 400 ms blocks that overlap by 75 %: absolute gate, then 10 LU under what passes it."""
    loud = blocks[blocks > _power(ABSOLUTE_GATE)]
    if not loud.size:
        return None
    return _lufs(float(loud[loud > 0.1 * loud.mean()].mean()))


def _range(short: Floats) -> float | None:
    """Loudness range, EBU Tech 3342: from the 10th to the 95th percentile of what lies over a gate 20 LU down.

    Blocks of 3 s, a new one each second: the overlap of two thirds that the recommendation asks for.
    """
    loud = short[short >= _power(ABSOLUTE_GATE)]
    if not loud.size:
        return None
    kept = np.sort(loud[loud >= 0.01 * loud.mean()])
    low, high = (kept[int((len(kept) - 1) * share + 0.5)] for share in (0.10, 0.95))
    return 10.0 * float(np.log10(high / low))
