"""From the mix to the master: brought to the target loudness, held under the true-peak ceiling, and measured."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.loudness import Loudness, LoudnessMeter, true_peak
from harmonic_audio.loudness.true_peak import decibels
from harmonic_audio.mix.limiter import limited
from harmonic_audio.soundscape.document import Mix

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]
PIECE_S: Final = 1
TOLERANCE_LU: Final = 0.02
MOST_PASSES: Final = 6
MOST_GAIN_DB: Final = 60.0
HEADROOM_DB: Final = 0.02
"""The limiter aims this far under the ceiling: its gain moves between the samples, and 24 bits round."""
CONTEXT: Final = 16


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


class Mastering:
    """The mastering of a mix of shape (2, n), float32. Run ``steps`` to its end; then ``level`` and ``piece``."""

    def __init__(self, mix: Samples, settings: Mix, sample_rate: int) -> None:
        self._mix, self._settings, self._rate = mix, settings, sample_rate
        self._piece = PIECE_S * sample_rate
        self._level: Level | None = None

    @property
    def level(self) -> Level:
        """The setting found. Raises RuntimeError before the steps have run."""
        if self._level is None:
            raise RuntimeError("run the steps of the mastering to their end first")
        return self._level

    @property
    def starts(self) -> range:
        """First sample of each piece."""
        return range(0, self._mix.shape[1], self._piece)

    def piece(self, start: int) -> Floats:
        """The master's samples of a piece; shape (2, up to a piece)."""
        return self._under(self.level, start)

    def steps(self) -> Iterator[float]:
        """Find the setting; yields progress."""
        meter, peak = LoudnessMeter(2, self._rate), 0.0
        for start in self.starts:
            meter.feed(self._mix[:, start : start + self._piece].astype(np.float64))
            peak = max(peak, self._peak_near(start))
            yield 0.4 * min(1.0, (start + self._piece) / self._mix.shape[1])
        gain = self._gain_to_target(meter)
        wanted = 10.0 ** (self._settings.ceiling_dbtp / 20.0)
        if peak * gain <= wanted:
            self._level = Level(gain, wanted, meter.loudness(gain), decibels(peak * gain), limiting=False)
        else:
            yield from self._limit(gain, wanted)
        yield 1.0

    def _gain_to_target(self, meter: LoudnessMeter) -> float:
        """The gain that brings the mix to the target; found by repetition, for the absolute gate moves with it."""
        gain = 1.0
        for _ in range(MOST_PASSES):
            loudness = meter.loudness(gain).integrated_lufs
            # Under the gate as a whole: bring it up first, to be measured at all.
            step = 20.0 if loudness is None else self._settings.target_lufs - loudness
            gain = float(min(gain * 10.0 ** (step / 20.0), 10.0 ** (MOST_GAIN_DB / 20.0)))
            if abs(step) < 1e-6:
                break
        return gain if meter.loudness(gain).integrated_lufs is not None else 1.0

    def _limit(self, gain: float, wanted: float) -> Iterator[float]:
        """Raise the gain until the limited signal is at the target, lower the limiter until its peaks are legal."""
        level = Level(gain, wanted * 10.0 ** (-HEADROOM_DB / 20.0), Loudness(None, None, None, None), None)
        for passed in range(MOST_PASSES):
            meter, peak, before = LoudnessMeter(2, self._rate), 0.0, np.zeros((2, CONTEXT))
            for start in self.starts:
                piece = self._under(level, start)
                meter.feed(piece)
                peak = max(peak, true_peak(np.concatenate([before, piece], axis=1)))
                before = piece[:, -CONTEXT:]
                yield 0.4 + 0.6 * (passed + min(1.0, (start + self._piece) / self._mix.shape[1])) / MOST_PASSES
            level = replace(level, loudness=meter.loudness(), true_peak_dbtp=decibels(peak))
            self._level = level
            missing = self._settings.target_lufs - (level.loudness.integrated_lufs or self._settings.target_lufs)
            if peak <= wanted and abs(missing) <= TOLERANCE_LU:
                return
            if passed < MOST_PASSES - 1:
                lower = min(1.0, wanted / peak * 0.9999)
                level = replace(level, gain=level.gain * 10.0 ** (missing / 20.0), ceiling=level.ceiling * lower)
        # Out of passes: a legal peak counts more than the last hundredth of a loudness unit.
        if peak > wanted:
            self._level = replace(level, gain=level.gain * wanted / peak, ceiling=level.ceiling * wanted / peak)

    def _under(self, level: Level, start: int) -> Floats:
        stop = min(start + self._piece, self._mix.shape[1])
        if not level.limiting:
            return self._mix[:, start:stop].astype(np.float64) * level.gain
        low, high = max(0, start - self._rate // 4), min(self._mix.shape[1], stop + self._rate // 4)
        heard = self._mix[:, low:high].astype(np.float64) * level.gain
        return limited(heard, start - low, stop - low, level.ceiling, self._rate)

    def _peak_near(self, start: int) -> float:
        low, high = max(0, start - CONTEXT), start + self._piece + CONTEXT
        return true_peak(self._mix[:, low:high].astype(np.float64))
