"""A sound that moves, as a stream: its level, its air, the time it takes and the Doppler effect that this makes."""

from collections.abc import Callable
from typing import Final

import numpy as np

from harmonic_audio.mix.absorption import SPEED_OF_SOUND
from harmonic_audio.mix.effect import Floats, Stateful
from harmonic_audio.mix.fractional import TAPS, read_at
from harmonic_audio.mix.motion import NEAR_M, air_poles, distance_gain, emission_times, softened

MOST_M: Final = 3000.0
"""Farther away nothing goes: nine seconds of sound on their way are enough to keep."""

KNOT: Final = 16
"""Samples between exact values. The delay errs by (KNOT / rate)^4 / 43 of its fourth derivative between them:
for 250 m/s at 3 m, 5e-5 samples."""
_PART: Final = np.arange(KNOT) / KNOT
_WEIGHTS: Final = (
    -_PART * (_PART - 1.0) * (_PART - 2.0) / 6.0,
    (_PART + 1.0) * (_PART - 1.0) * (_PART - 2.0) / 2.0,
    -(_PART + 1.0) * _PART * (_PART - 2.0) / 2.0,
    (_PART + 1.0) * _PART * (_PART - 1.0) / 6.0,
)


class MovingEffect(Stateful):
    """One channel as its source makes it, to one channel as it is heard.

    ``distance_m`` gives the distances (n,) of the source at times (n,) in seconds of the stream; they are held between
    one metre and ``furthest_m``. The sound takes its time: what is 10 m away is heard 29 ms later. Without ``doppler``
    level and air change alone, and nothing is late; without ``level`` that is left to whoever comes after.
    """

    _carried = ("_past", "_now", "_air")

    def __init__(
        self,
        distance_m: Callable[[Floats], Floats],
        furthest_m: float,
        sample_rate: int,
        *,
        doppler: bool = True,
        level: bool = True,
    ) -> None:
        if not NEAR_M <= furthest_m <= MOST_M:
            raise ValueError(f"the furthest distance must be {NEAR_M:g} to {MOST_M:g} m, not {furthest_m:g}")
        self.inputs = self.outputs = 1
        self._distance, self._furthest, self._rate = distance_m, furthest_m, sample_rate
        self._doppler, self._level = doppler, level
        self._past = np.zeros(int(np.ceil(furthest_m / SPEED_OF_SOUND * sample_rate)) + TAPS if doppler else 0)
        self._now, self._air = np.zeros(1, dtype=np.int64), np.zeros(1)

    def _process(self, run: Floats) -> Floats:
        first, count = int(self._now[0]), run.shape[1]
        delay = self._between(self._delays, first, count) if self._doppler else np.zeros(count)
        poles = self._between(self._poles, first, count)
        arrived = softened(self._arrived(run[0], delay) if self._doppler else run[0], poles, self._air)
        if self._level:
            # What took so long came so far.
            far = SPEED_OF_SOUND / self._rate * delay if self._doppler else self._between(self._held, first, count)
            arrived *= distance_gain(far)
        self._now[0] += count
        return arrived[np.newaxis]

    def _arrived(self, sound: Floats, delay: Floats) -> Floats:
        known = np.concatenate([self._past, sound])
        self._past[:] = known[len(sound) :]
        wholes = np.ceil(delay)
        here = np.arange(len(sound)) + (len(known) - len(sound))
        return read_at(known, here - wholes.astype(np.int64), wholes - delay)

    def _between(self, exact: Callable[[Floats], Floats], first: int, count: int) -> Floats:
        """Values at samples, by Lagrange's cubic between exact ones at every KNOT-th sample of the whole stream."""
        begin, end = first // KNOT, (first + count - 1) // KNOT + 1
        times = np.asarray(np.arange(begin - 1, end + 2) * (KNOT / self._rate), dtype=np.float64)
        knots = exact(times)[:, np.newaxis]
        a, b, c, d = _WEIGHTS
        values = (a * knots[:-3] + b * knots[1:-2]) + (c * knots[2:-1] + d * knots[3:])
        return np.asarray(values.ravel()[first - begin * KNOT :][:count])

    def _delays(self, heard_s: Floats) -> Floats:
        """In samples."""
        return (heard_s - emission_times(heard_s, self._held)) * self._rate

    def _poles(self, heard_s: Floats) -> Floats:
        late = emission_times(heard_s, self._held) if self._doppler else heard_s
        return air_poles(self._held(late), self._rate)

    def _held(self, times_s: Floats) -> Floats:
        return np.asarray(np.clip(self._distance(times_s), NEAR_M, self._furthest))
