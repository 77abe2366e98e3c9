"""The fundamental frequency of one voice: YIN for the period, then refined by how fast a partial's phase turns.

YIN (de Cheveigne and Kawahara 2002) finds the octave and is right to about a per cent. The refinement compares the
phase of a low partial in two windows that lie apart: a steady sine turns by exactly 2 pi f t, so the further apart, the
finer; the distance grows in steps, each small enough that the one before leaves no doubt about whole turns.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

Floats = NDArray[np.float64]
THRESHOLD: Final = 0.15
APART_S: Final = (0.001, 0.006, 0.04)
WINDOW_S: Final = 0.085
PARTIALS: Final = 6
AUDIBLE: Final = 0.05
"""The lowest partial that has this share of the strongest one's amplitude carries the pitch."""
SILENT: Final = 1e-6
GROUP: Final = 64


@dataclass(frozen=True)
class PitchTrack:
    """The pitch at times in seconds: hertz (nan where there is none) and how periodic the sound is, 0 to 1."""

    seconds: Floats
    hertz: Floats
    clarity: Floats

    @property
    def median_hz(self) -> float | None:
        """Of all that has a pitch; None where nothing has."""
        voiced = self.hertz[np.isfinite(self.hertz)]
        return float(np.median(voiced)) if voiced.size else None


def pitch_track(
    samples: Floats, rate: float, *, lowest_hz: float = 50.0, highest_hz: float = 5000.0, hop_s: float = 0.02
) -> PitchTrack:
    """The pitch of samples (n,) each ``hop_s``; a value speaks of the 0.13 s after its time.

    Raises ValueError for a range that the sample rate cannot hold.
    """
    if not 0.0 < lowest_hz < highest_hz <= rate / 4.0:
        raise ValueError(f"the pitch range must lie between 0 and a quarter of the sample rate, {rate / 4.0} Hz")
    longest = int(np.ceil(rate / lowest_hz)) + 2
    window = max(int(WINDOW_S * rate), 6 * longest)
    span, hop = window + int(APART_S[-1] * rate), round(hop_s * rate)
    starts = np.arange(0, len(samples) - span + 1, hop)
    hertz, clarity = np.full(len(starts), np.nan), np.zeros(len(starts))
    for first in range(0, len(starts), GROUP):
        group = slice(first, first + GROUP)
        pieces = np.stack([samples[start : start + span] for start in starts[group]])
        periods, clarity[group] = _yin(pieces[:, :window], longest, max(2, int(rate / highest_hz)))
        voiced = np.flatnonzero(np.isfinite(periods))
        hertz[first + voiced] = _refined(pieces[voiced], rate / periods[voiced], rate, window)
    return PitchTrack(starts / rate, hertz, clarity)


def _yin(pieces: Floats, longest: int, shortest: int) -> tuple[Floats, Floats]:
    """Periods in samples (nan for none) and clarity of pieces (count, window)."""
    length = pieces.shape[1] - longest
    size = next_fast_len(pieces.shape[1] + length)
    # d(tau) = sum over the first `length` samples of (x_n - x_(n + tau))^2, by way of a correlation.
    crossed = irfft(np.conj(rfft(pieces[:, :length], size)) * rfft(pieces, size), size)[:, : longest + 1]
    energy = np.cumsum(np.pad(pieces**2, ((0, 0), (1, 0))), axis=1)
    moving = energy[:, length : length + longest + 1] - energy[:, : longest + 1]
    difference = np.maximum(moving[:, :1] + moving - 2.0 * crossed, 0.0)
    mean = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, longest + 1)
    normal = np.ones_like(difference)
    normal[:, 1:] = difference[:, 1:] / np.maximum(mean, 1e-300)
    loud = moving[:, 0] > length * SILENT**2
    periods, clarity = np.full(len(pieces), np.nan), np.zeros(len(pieces))
    for row in np.flatnonzero(loud):
        at = _first_dip(normal[row], shortest)
        clarity[row] = 1.0 - min(1.0, float(normal[row, at]))
        if normal[row, at] < 2.0 * THRESHOLD and at < longest:
            periods[row] = at + _vertex(*difference[row, at - 1 : at + 2])
    return periods, clarity


def _first_dip(normal: Floats, shortest: int) -> int:
    """The first lag with a minimum under the threshold; the lowest of all where none is."""
    before, here, after = normal[shortest - 1 : -2], normal[shortest:-1], normal[shortest + 1 :]
    bend = np.maximum(before - 2.0 * here + after, 1e-300)
    # The dip's depth between the lags: a short period falls between two of them.
    depth = here - (before - after) ** 2 / (8.0 * bend)
    low = np.flatnonzero((here <= before) & (here < after) & (depth < THRESHOLD))
    return shortest + int(low[0] if low.size else np.argmin(here))


def _vertex(before: float, here: float, after: float) -> float:
    """Where the parabola through three points has its end, relative to the middle one."""
    bend = before - 2.0 * here + after
    return 0.0 if bend <= 0.0 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))


def _refined(pieces: Floats, coarse: Floats, rate: float, window: int) -> Floats:
    """Fundamentals in hertz of pieces (count, span) from coarse ones, of which they are right to a few per cent."""
    taper = _blackman_harris(window)
    time = np.arange(window) / rate
    hertz = coarse.copy()
    for row, (piece, guess) in enumerate(zip(pieces, coarse, strict=True)):
        numbers = np.arange(1, PARTIALS + 1)[: max(1, int(rate / 2.0 / guess) - 1)]
        turning = np.exp(-2j * np.pi * guess * time)
        harmonics = np.multiply.accumulate(np.broadcast_to(turning, (len(numbers), window)), axis=0)
        heard = np.abs(harmonics @ (taper * piece[:window]))
        number = int(numbers[np.argmax(heard >= AUDIBLE * heard.max())])
        partial = guess * number
        for seconds in APART_S:
            apart = int(seconds * rate)
            wave = np.exp(-2j * np.pi * partial * time) * taper
            turned = np.conj(wave @ piece[:window]) * (wave @ piece[apart : apart + window])
            expected = 2.0 * np.pi * partial * apart / rate
            extra = np.angle(turned * np.exp(-1j * expected))
            partial += extra * rate / (2.0 * np.pi * apart)
        hertz[row] = partial / number
    return hertz


def _blackman_harris(length: int) -> Floats:
    """Four terms, side lobes under -92 dB (Harris 1978)."""
    turn = 2.0 * np.pi * np.arange(length) / length
    terms = (0.35875, -0.48829, 0.14128, -0.01168)
    return np.asarray(sum(a * np.cos(k * turn) for k, a in enumerate(terms)))
