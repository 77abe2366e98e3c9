"""A key made sounding: degrees of a scale in hertz, and the nearest degree to any frequency."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.tuning.pitch import hz_of_midi, pitch_class
from harmonic_audio.tuning.scales import JUST_RATIOS, SCALES

TuningName = Literal["equal", "just"]
LOWEST_OCTAVE: Final = -1
HIGHEST_OCTAVE: Final = 9
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tuning:
    """A tonic, a scale and how its degrees are tuned. Just degrees are pure against the tonic."""

    tonic: str = "C"
    scale: str = "major"
    tuning: TuningName = "equal"
    reference_hz: float = 440.0

    def tonic_hz(self, octave: int = 4) -> float:
        """Frequency of the tonic in an octave of scientific pitch notation."""
        return hz_of_midi(12 * (octave + 1) + pitch_class(self.tonic), self.reference_hz)

    def ratio(self, semitones: int) -> float:
        """Frequency ratio of a distance in semitones from the tonic, in this tuning; any octave."""
        octave, step = divmod(semitones, 12)
        within = float(JUST_RATIOS[step]) if self.tuning == "just" else 2.0 ** (step / 12.0)
        return within * 2.0**octave

    def degree_hz(self, degree: int, octave: int = 4) -> float:
        """Frequency of a scale degree counted from 0 at the tonic of ``octave``; degrees beyond run on up or down."""
        steps = SCALES[self.scale].semitones
        octaves, index = divmod(degree, len(steps))
        return self.tonic_hz(octave) * self.ratio(steps[index] + 12 * octaves)

    def between(self, low_hz: float, high_hz: float) -> Floats:
        """All scale pitches in [low_hz, high_hz], ascending, in hertz; shape (n,), at least the nearest."""
        steps = SCALES[self.scale].semitones
        ladder = np.array(
            [
                self.tonic_hz(octave) * self.ratio(step)
                for octave in range(LOWEST_OCTAVE, HIGHEST_OCTAVE + 1)
                for step in steps
            ]
        )
        # A hair of tolerance keeps an end that was itself computed from the tuning.
        inside = ladder[(ladder >= low_hz * (1 - 1e-9)) & (ladder <= high_hz * (1 + 1e-9))]
        if inside.size:
            return inside
        return ladder[[int(np.argmin(np.abs(np.log(ladder / np.sqrt(low_hz * high_hz)))))]]

    def nearest(self, frequency_hz: Floats) -> Floats:
        """Each frequency moved to the scale pitch nearest in cents; same shape."""
        ladder = self.between(hz_of_midi(0, self.reference_hz), hz_of_midi(135, self.reference_hz))
        logs = np.log(ladder)
        wanted = np.log(np.asarray(frequency_hz, dtype=np.float64))
        above = np.clip(np.searchsorted(logs, wanted), 1, len(logs) - 1)
        below = above - 1
        return ladder[np.where(wanted - logs[below] <= logs[above] - wanted, below, above)]
