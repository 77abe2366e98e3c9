"""From the mix to the master: brought to the target loudness, held under the true-peak ceiling, and measured."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.loudness import Loudness, LoudnessMeter
from harmonic_audio.loudness.true_peak import TruePeakMeter, decibels
from harmonic_audio.mix.limiter import limited
from harmonic_audio.soundscape.mix import Mix

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]
PIECE_S: Final = 2
TOLERANCE_LU: Final = 0.02
MOST_PASSES: Final = 10
MOST_GAIN_DB: Final = 60.0
MOST_LIMITED_DB: Final = 80.0
MOST_STEP_DB: Final = 12.0
HEADROOM_DB: Final = 0.02
"""The limiter aims this far under the ceiling: its gain moves between the samples, and 24 bits round."""


@dataclass(frozen=True)
class Level:
    """The setting that makes the master of a mix, and what the master then measures."""

    gain: float
    ceiling: float
    loudness: Loudness
    true_peak_dbtp: float | None
    limiting: bool = True

    @property
    def gain_db(self) -> float:
        """Level change before the limiter."""
        return 20.0 * float(np.log10(self.gain))


class Sound(Protocol):
    """Samples (channels, n), float32, of which runs can be read: an array, or a file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(channels, n)"""

    def __getitem__(self, key: tuple[slice, slice], /) -> Samples:
        """``sound[:, low:high]``"""


class Mastering:
    """The mastering of a mix. Run ``steps`` to its end; then ``level`` and ``piece``."""

    def __init__(
        self, mix: Sound, settings: Mix, sample_rate: int, weights: Sequence[float] = (1.0, 1.0), found: bytes = b""
    ) -> None:
        """``weights``: of the channels in the loudness; ``found``: the state of a mastering of the same things."""
        self._mix, self._settings, self._rate = mix, settings, sample_rate
        self._weights = np.array(weights)
        self._piece = PIECE_S * sample_rate
        self._level: Level | None = None
        self._passes: list[_Pass] = [_Pass(*numbers) for numbers in json.loads(found)] if found else []

    @property
    def frames(self) -> int:
        """Samples of each channel."""
        return self._mix.shape[1]

    @property
    def level(self) -> Level:
        """The setting found. Raises RuntimeError before the steps have run."""
        if self._level is None:
            raise RuntimeError("run the steps of the mastering to their end first")
        return self._level

    @property
    def starts(self) -> range:
        """First sample of each piece."""
        return range(0, self.frames, self._piece)

    def state(self) -> bytes:
        """What the passes through the whole mix have found so far: a resumed mastering skips these."""
        return json.dumps([astuple(each) for each in self._passes]).encode() if self._passes else b""

    def piece(self, start: int) -> Floats:
        """The master's samples of a piece; shape (channels, up to a piece)."""
        return self._under(self.level, start)

    def steps(self) -> Iterator[float]:
        """Find the setting; yields progress."""
        yield from self._measured(0, None)
        first = self._passes[0]
        gain, wanted = first.gain, 10.0 ** (self._settings.ceiling_dbtp / 20.0)
        if first.peak * gain <= wanted:
            self._level = Level(gain, wanted, first.loudness(), decibels(first.peak * gain), limiting=False)
        else:
            yield from self._limit(gain, wanted)
        yield 1.0

    def _measured(self, number: int, level: Level | None) -> Iterator[float]:
        """Pass through the whole, under a level or as it is; what it measures stands in the passes then."""
        if number < len(self._passes):
            return
        heard = np.flatnonzero(self._weights)
        meter, peaks = LoudnessMeter(len(heard), self._rate, "unweighted"), TruePeakMeter(self._mix.shape[0])
        scale = np.sqrt(self._weights[heard])[:, np.newaxis]
        for start in self.starts:
            piece = self._mix[:, start : start + self._piece] if level is None else self._under(level, start)
            meter.feed(piece if np.all(scale == 1.0) and len(heard) == len(piece) else piece[heard] * scale)
            peaks.feed(piece)
            share = min(1.0, (start + self._piece) / self.frames)
            yield 0.3 * share if level is None else 0.3 + 0.7 * (number - 1 + share) / MOST_PASSES
        gain = 1.0
        if level is None:
            for closer in self._gains_to_target(meter):  # a second's work for an hour: in steps
                gain = closer
                yield 0.3
        self._passes.append(_Pass(gain, peaks.peak(), *astuple(meter.loudness(gain))))

    def _gains_to_target(self, meter: LoudnessMeter) -> Iterator[float]:
        """Gains that bring the mix ever closer to the target; repeated, for the absolute gate moves with the gain."""
        gain = 1.0
        for _ in range(MOST_PASSES):
            loudness = meter.loudness(gain).integrated_lufs
            if loudness is not None and abs(self._settings.target_lufs - loudness) < 1e-6:
                return
            # Under the gate as a whole: bring it up first, to be measured at all.
            step = 20.0 if loudness is None else self._settings.target_lufs - loudness
            gain = float(min(gain * 10.0 ** (step / 20.0), 10.0 ** (MOST_GAIN_DB / 20.0)))
            yield gain
        if meter.loudness(gain).integrated_lufs is None:
            yield 1.0

    def _limit(self, gain: float, wanted: float) -> Iterator[float]:
        """Raise the gain until the limited signal is at the target, lower the limiter until its peaks are legal."""
        level = Level(gain, wanted * 10.0 ** (-HEADROOM_DB / 20.0), Loudness(None, None, None, None), None)
        tried: list[tuple[float, float]] = []
        for number in range(1, MOST_PASSES + 1):
            yield from self._measured(number, level)
            found = self._passes[number]
            level = replace(level, loudness=found.loudness(), true_peak_dbtp=decibels(found.peak))
            self._level = level
            target, loudness = self._settings.target_lufs, found.integrated_lufs
            on_target = loudness is None or abs(target - loudness) <= TOLERANCE_LU
            if found.peak <= wanted and on_target:
                return
            if number < MOST_PASSES:
                gain_db = level.gain_db
                if loudness is not None and not on_target:
                    tried.append((gain_db, loudness))
                    gain_db = _gain_db(tried, target)
                lower = min(1.0, wanted / found.peak * 0.9999)
                level = replace(level, gain=10.0 ** (gain_db / 20.0), ceiling=level.ceiling * lower)
        # Out of passes: a legal peak counts more than the last hundredth of a loudness unit.
        if found.peak > wanted:
            down = wanted / found.peak
            self._level = Level(
                level.gain * down, level.ceiling * down, _shifted(level.loudness, down), decibels(found.peak * down)
            )

    def _under(self, level: Level, start: int) -> Floats:
        stop = min(start + self._piece, self.frames)
        if not level.limiting:
            return self._mix[:, start:stop].astype(np.float64) * level.gain
        low, high = max(0, start - self._rate // 4), min(self.frames, stop + self._rate // 4)
        heard = self._mix[:, low:high].astype(np.float64) * level.gain
        return limited(heard, start - low, stop - low, level.ceiling, self._rate)


def _gain_db(points: list[tuple[float, float]], target: float) -> float:
    """The gain to try next, from gains tried and the loudness that each gave, in dB: the limiter bends the curve.

    Between the nearest below and above the target by the straight line, away from the ends; else along the last slope.
    """
    gain, loudness = points[-1]
    below = max((point for point in points if point[1] <= target), default=None)
    above = min((point for point in points if point[1] > target), default=None)
    if below is not None and above is not None:
        share = (target - below[1]) / max(above[1] - below[1], 1e-9)
        return below[0] + float(np.clip(share, 0.05, 0.95)) * (above[0] - below[0])
    earlier = points[-2] if len(points) > 1 else (gain - 1.0, loudness - 1.0)
    slope = (loudness - earlier[1]) / (gain - earlier[0]) if gain != earlier[0] else 1.0
    step = (target - loudness) / float(np.clip(slope, 0.1, 1.0))
    return min(gain + float(np.clip(step, -MOST_STEP_DB, MOST_STEP_DB)), MOST_LIMITED_DB)


def _shifted(loudness: Loudness, factor: float) -> Loudness:
    """What is measured of the same sound times a factor near 1."""
    up = 20.0 * float(np.log10(factor))
    integrated, momentary, short = (
        None if value is None else value + up
        for value in (loudness.integrated_lufs, loudness.momentary_max_lufs, loudness.short_term_max_lufs)
    )
    return Loudness(integrated, momentary, short, loudness.range_lu)


@dataclass(frozen=True)
class _Pass:
    """What a pass through the whole mix found."""

    gain: float
    peak: float
    integrated_lufs: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    range_lu: float | None

    def loudness(self) -> Loudness:
        return Loudness(self.integrated_lufs, self.momentary_max_lufs, self.short_term_max_lufs, self.range_lu)
