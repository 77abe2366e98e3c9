"""Sounds that move: how loud, how dull, how late and so at what pitch they arrive.

Everything is a pure function of time: the sound heard at a time t left its source at the time t' with
t - t' = r(t') / c, r the distance, so the delay is a root, not an integral, and no error adds up. Reading the source's
signal at t' shifts its pitch by dt'/dt = 1 / (1 + r'(t') / c): the Doppler effect, exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonic_audio.mix.absorption import SPEED_OF_SOUND
from harmonic_audio.mix.effect import Floats

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

NEAR_M: Final = 1.0
STEPS: Final = 4


def distance_gain(distance_m: ArrayLike, near_m: float = NEAR_M) -> Floats:
    """Linear gain at distances: near / r, at most 1; shape as the distances."""
    return np.asarray(near_m / np.maximum(np.asarray(distance_m, dtype=np.float64), near_m))


@dataclass(frozen=True)
class Path:
    """Where a source is, in metres from the listener (ahead, left, up), by a cubic spline: speed has no jumps.

    ``times_s`` (n,) rising, in seconds of the sound; ``places`` (n, 3) in the universe's units, or (n, 2) in its plane.
    Before the first and after the last it stands still.
    """

    times_s: Floats
    spline: "CubicSpline"

    @classmethod
    def of(cls, times_s: ArrayLike, places: ArrayLike, metres_per_unit: float = 1.0) -> "Path":
        """The path through places at times. Raises ValueError where they are no path."""
        from scipy.interpolate import CubicSpline

        times, points = np.asarray(times_s, dtype=np.float64), np.atleast_2d(np.asarray(places, dtype=np.float64))
        if len(times) < 2 or len(times) != len(points) or not np.all(np.diff(times) > 0.0):
            raise ValueError("a path needs at least two places, each at a later time than the one before")
        if points.shape[1] not in (2, 3) or not np.all(np.isfinite(points)):
            raise ValueError("a path's places have two or three finite coordinates")
        if not (np.isfinite(metres_per_unit) and metres_per_unit > 0.0):
            raise ValueError(f"metres_per_unit must be positive, not {metres_per_unit}")
        whole = np.zeros((len(times), 3))
        whole[:, : points.shape[1]] = points * metres_per_unit
        return cls(times, CubicSpline(times, whole))

    def places_m(self, times_s: ArrayLike) -> Floats:
        """Places at times; shape (n, 3)."""
        return np.asarray(self.spline(np.clip(times_s, self.times_s[0], self.times_s[-1])))

    def distance_m(self, times_s: ArrayLike) -> Floats:
        """Distances from the listener; shape (n,)."""
        return np.asarray(np.sqrt(np.sum(self.places_m(times_s) ** 2, axis=1)))

    def direction_deg(self, times_s: ArrayLike) -> tuple[Floats, Floats]:
        """Azimuths (+90 left) and elevations; each of shape (n,)."""
        ahead, left, up = self.places_m(times_s).T
        return np.degrees(np.arctan2(left, ahead)), np.degrees(np.arctan2(up, np.hypot(ahead, left)))


def emission_times(
    heard_s: ArrayLike, distance_m: Callable[[Floats], Floats], speed_m_s: float = SPEED_OF_SOUND
) -> Floats:
    """When what is heard at times left its source; shape as the times.

    ``distance_m`` gives distances (n,) at times (n,). The root of t' + r(t') / c = t: unique while the source is slower
    than sound, where the iteration t' <- t - r(t') / c contracts; Steffensen's step squares its error: to 1e-11 s for
    sources up to 0.8 of the speed of sound (slower up to 1; beyond, one of several roots). A fixed number of steps,
    each sample by itself, so that no cut of the times changes a bit.
    """
    heard = np.asarray(heard_s, dtype=np.float64)

    def once(left: Floats) -> Floats:
        return np.asarray(heard - distance_m(left) / speed_m_s)

    left = once(heard)
    for _ in range(STEPS):
        first = once(left)
        second = once(first)
        bend = second - 2.0 * first + left
        safe = np.abs(bend) > 1e-13 * np.maximum(1.0, np.abs(heard))
        step = np.where(safe, (first - left) ** 2 / np.where(safe, bend, 1.0), 0.0)
        # Where the step would leave for far away (a source near the speed of sound) the plain iteration goes on.
        wild = np.abs(step) > 4.0 * np.abs(second - left) + 1e-12
        left = np.where(safe & ~wild, left - step, second)
    return left


def doppler_ratio(
    heard_s: ArrayLike, distance_m: Callable[[Floats], Floats], speed_m_s: float = SPEED_OF_SOUND, step_s: float = 1e-4
) -> Floats:
    """Heard over sent frequency at times, dt'/dt, by a central difference; for displays and checks."""
    heard = np.asarray(heard_s, dtype=np.float64)
    later, earlier = (emission_times(heard + sign * step_s, distance_m, speed_m_s) for sign in (1.0, -1.0))
    return np.asarray((later - earlier) / (2.0 * step_s))


def air_absorption_db_per_m(
    hertz: ArrayLike, temperature_k: float = 293.15, humidity_percent: float = 50.0, pressure_kpa: float = 101.325
) -> Floats:
    """Attenuation of pure tones in air, ISO 9613-1:1993 equations 3 to 5 and B.3; shape as the frequencies."""
    f = np.asarray(hertz, dtype=np.float64)
    t, p = temperature_k / 293.15, pressure_kpa / 101.325
    saturation = 10.0 ** (-6.8346 * (273.16 / temperature_k) ** 1.261 + 4.6151)
    h = humidity_percent * saturation / p
    oxygen = p * (24.0 + 4.04e4 * h * (0.02 + h) / (0.391 + h))
    nitrogen = p * t**-0.5 * (9.0 + 280.0 * h * np.exp(-4.170 * (t ** (-1.0 / 3.0) - 1.0)))
    relaxing = 0.01275 * np.exp(-2239.1 / temperature_k) / (oxygen + f * f / oxygen)
    relaxing += 0.1068 * np.exp(-3352.0 / temperature_k) / (nitrogen + f * f / nitrogen)
    return np.asarray(8.686 * f * f * (1.84e-11 / p * t**0.5 + t**-2.5 * relaxing))


def air_poles(distance_m: ArrayLike, sample_rate: int) -> Floats:
    """Pole of the one-pole low pass that stands for the air at distances; shape as the distances.

    It agrees with ISO 9613-1 (20 C, 50 %) where that reaches 3 dB, or at 16 kHz where it does not; elsewhere a one-pole
    bends less: within 1.5 dB of it below that frequency.
    """
    logs, poles = _pole_table(sample_rate)
    return np.asarray(np.interp(np.log(np.maximum(np.asarray(distance_m, dtype=np.float64), 1e-3)), logs, poles))


@cache
def _pole_table(sample_rate: int) -> tuple[Floats, Floats]:
    """Logarithms of distances from 0.1 m to 10 km, and their poles."""
    grid = np.geomspace(0.1, 10_000.0, 200)
    return np.log(grid), np.array([_pole(distance, sample_rate) for distance in grid])


def _pole(distance_m: float, sample_rate: int) -> float:
    hertz = np.geomspace(20.0, 16_000.0, 400)
    loss = distance_m * air_absorption_db_per_m(hertz)
    at = min(int(np.searchsorted(loss, 3.0)), len(hertz) - 1)
    # (1 - p)^2 / (1 - 2 p cos w + p^2) = g: a quadratic in p with the root inside the circle.
    gain = 10.0 ** (-min(float(loss[at]), 40.0) / 10.0)
    cos = np.cos(2.0 * np.pi * hertz[at] / sample_rate)
    half = (1.0 - gain * cos) / (1.0 - gain)
    return float(half - np.sqrt(half * half - 1.0))


def softened(samples: Floats, poles: Floats, state: NDArray[np.float64]) -> Floats:
    """Samples (n,) under the air, with a pole for each; ``state`` (1,) is carried on."""
    from harmonic_audio.kernels.fractional import softened as compiled

    out = np.empty_like(samples)
    compiled(np.ascontiguousarray(samples), np.ascontiguousarray(poles), state, out)
    return out
