"""A key made sounding: degrees of a scale in hertz, and the nearest degree to any frequency."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.tuning.documents import TuningDocument, TuningName
from harmonic_audio.tuning.ladder import Ladder, ladder_of
from harmonic_audio.tuning.pitch import hz_of_midi, pitch_class
from harmonic_audio.tuning.scales import SCALES

LOWEST_HZ: Final = 8.0
HIGHEST_HZ: Final = 32_000.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tuning:
    """A tonic, a scale and how its degrees are tuned.

    In a tuning of twelve steps the scale takes its semitones; in another with an octave the steps nearest to them; in
    one without an octave every step is a degree, unless the tuning names its own.
    """

    tonic: str = "C"
    scale: str = "major"
    tuning: TuningName | TuningDocument = "equal"
    reference_hz: float = 440.0

    @cached_property
    def ladder(self) -> Ladder:
        """Every step of the tuning."""
        return ladder_of(self.tuning)

    @cached_property
    def degrees(self) -> tuple[float, ...]:
        """Ratios of the scale's degrees above the tonic within one period, ascending from 1."""
        ladder, semitones = self.ladder, SCALES[self.scale].semitones
        if ladder.chosen is not None:
            return ladder.chosen
        if len(ladder.ratios) == 12 and ladder.has_octave:
            return tuple(ladder.ratios[s] for s in semitones)
        if not ladder.has_octave or self.scale == "chromatic":
            return ladder.ratios
        return tuple(sorted({ladder.nearest_ratio(2.0 ** (s / 12.0)) for s in semitones}))

    def tonic_hz(self, octave: int = 4) -> float:
        """Frequency of the tonic in an octave of scientific pitch notation; of the step of the tonic that is nearest
        to it where the tuning has no octave. A tuning that has a pitch of its own (kbm) keeps it."""
        wanted = hz_of_midi(12 * (octave + 1) + pitch_class(self.tonic), self.reference_hz)
        ladder = self.ladder
        if ladder.period == 2.0 and ladder.base_hz is None:
            return wanted
        base = ladder.base_hz or hz_of_midi(60 + pitch_class(self.tonic), self.reference_hz)
        return float(base * ladder.period ** round(math.log(wanted / base) / math.log(ladder.period)))

    def ratio(self, semitones: int) -> float:
        """Frequency ratio of a distance in semitones from the tonic, in this tuning; any octave.

        Where the tuning has not twelve steps it is the step nearest in cents.
        """
        ladder = self.ladder
        if len(ladder.ratios) == 12 and ladder.has_octave:
            octave, step = divmod(semitones, 12)
            return ladder.ratios[step] * ladder.period**octave
        return ladder.nearest_ratio(2.0 ** (semitones / 12.0))

    def degree_hz(self, degree: int, octave: int = 4) -> float:
        """Frequency of a scale degree counted from 0 at the tonic of ``octave``; degrees beyond run on up or down."""
        periods, index = divmod(degree, len(self.degrees))
        return self.tonic_hz(octave) * self.degrees[index] * self.ladder.period**periods

    @cached_property
    def rungs(self) -> Floats:
        """Every pitch of the scale from 8 Hz to 32 kHz, ascending, in hertz; shape (n,)."""
        tonic, period = self.tonic_hz(4), self.ladder.period
        first = math.floor(math.log(LOWEST_HZ / tonic) / math.log(period)) - 1
        last = math.ceil(math.log(HIGHEST_HZ / tonic) / math.log(period)) + 1
        ladder = np.unique(np.outer(period ** np.arange(first, last + 1.0), self.degrees).ravel() * tonic)
        return ladder[(ladder >= LOWEST_HZ) & (ladder <= HIGHEST_HZ)]

    def between(self, low_hz: float, high_hz: float) -> Floats:
        """All scale pitches in [low_hz, high_hz], ascending, in hertz; shape (n,), at least the nearest."""
        ladder = self.rungs
        # A hair of tolerance keeps an end that was itself computed from the tuning.
        inside = ladder[(ladder >= low_hz * (1 - 1e-9)) & (ladder <= high_hz * (1 + 1e-9))]
        if inside.size:
            return inside
        return ladder[[int(np.argmin(np.abs(np.log(ladder / np.sqrt(low_hz * high_hz)))))]]

    def nearest(self, frequency_hz: Floats) -> Floats:
        """Each frequency moved to the scale pitch nearest in cents; same shape."""
        return nearest_of(self.rungs, frequency_hz)


def nearest_of(ladder: Floats, frequency_hz: Floats) -> Floats:
    """Each frequency moved to the nearest in cents of an ascending ladder of at least one; same shape."""
    if len(ladder) == 1:
        return np.full_like(np.asarray(frequency_hz, dtype=np.float64), ladder[0])
    logs = np.log(ladder)
    wanted = np.log(np.asarray(frequency_hz, dtype=np.float64))
    above = np.clip(np.searchsorted(logs, wanted), 1, len(logs) - 1)
    below = above - 1
    return ladder[np.where(wanted - logs[below] <= logs[above] - wanted, below, above)]


def keyboard_hz(tuning: Tuning) -> Floats:
    """Hertz of the 128 MIDI keys, shape (128,), for retuning an instrument.

    With an octave of twelve steps each key keeps its place; in any other tuning each key is the next step, step 0 at
    the key nearest to the tonic in octave 4.
    """
    ladder, tonic = tuning.ladder, tuning.tonic_hz(4)
    centre = round(69 + 12.0 * math.log2(tonic / tuning.reference_hz))
    periods, steps = np.divmod(np.arange(128) - centre, len(ladder.ratios))
    return np.asarray(tonic * np.array(ladder.ratios)[steps] * ladder.period ** periods.astype(np.float64))
