"""Drums by synthesis: a head or plate that rings, a sweep of its pitch, and bursts of noise; no recording.

Everything but the noise's filters is in closed form from the exact onset. A hit is made whole when it first sounds and
kept while it does: any chunk of it is a cut.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.coloured import Colour, Coloured
from harmonic_audio.synthesis.families import Ringing
from harmonic_audio.synthesis.partials import LN1000, taper
from harmonic_audio.synthesis.resonances import band_pass
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_contracts.base import Contract
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
MIDDLE_C: Final = 261.6256
LONGEST_S: Final = 12.0


class Ring(Contract):
    """A partial of a head or plate."""

    hz: float = Field(gt=0.0, lt=20_000.0, description="At the note of 261.6 Hz where the drum is tuned [Hz]")
    level: float = Field(default=1.0, ge=0.0, le=4.0, description="Amplitude at loudness 1")
    t60_s: float = Field(default=0.3, gt=0.0, le=10.0, description="Time in which it fades by 60 dB [s]")


class Burst(Contract):
    """Noise in a band, once or several times."""

    colour: Colour = Field(default="white", description="Slope of its spectrum")
    middle_hz: float = Field(default=4000.0, gt=0.0, lt=20_000.0, description="Of the band [Hz]")
    width_hz: float = Field(default=4000.0, gt=0.0, le=20_000.0, description="Of the band at -3 dB [Hz]")
    level: float = Field(default=1.0, ge=0.0, le=4.0, description="Root mean square before the band, at loudness 1")
    attack_s: float = Field(default=0.001, gt=0.0, le=1.0, description="Time of its rise [s]")
    t60_s: float = Field(default=0.2, gt=0.0, le=10.0, description="Time in which it fades by 60 dB [s]")
    times_s: tuple[float, ...] = Field(default=(0.0,), min_length=1, max_length=8, description="After the onset [s]")


class Percussion(Ringing):
    """One drum. Its hit rings as long as it does: a note's duration does not change it."""

    kind: Literal["percussion"] = "percussion"
    rings: tuple[Ring, ...] = Field(default=(), max_length=64, description="Partials of the head or plate")
    bursts: tuple[Burst, ...] = Field(default=(), max_length=8, description="Noise of wires, sticks and hands")
    attack_s: float = Field(default=0.001, gt=0.0, le=0.1, description="Rise of the rings [s]")
    sweep_cents: float = Field(
        default=0.0, ge=0.0, le=4800.0, description="How far above its pitch the hit begins [cents]"
    )
    sweep_s: float = Field(default=0.03, gt=0.0, le=1.0, description="Time constant of the fall to its pitch [s]")
    tuned: bool = Field(default=False, description="Whether the note's frequency moves the rings")

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note, each with noise of its own."""
        return [Hit(self, note, hearing, number) for number, note in enumerate(notes)]

    @property
    def length_s(self) -> float:
        """Until it has faded by 90 dB."""
        rings = [ring.t60_s for ring in self.rings if ring.level]
        bursts = [burst.t60_s + max(burst.times_s) + burst.attack_s for burst in self.bursts if burst.level]
        return min(1.5 * max(rings + bursts, default=0.1) + 0.02, LONGEST_S)

    def hit(self, note: Note, sample_rate: int, seed: int) -> Floats:
        """The whole hit from the first sample at or after its onset; mono."""
        onset = note.onset_s * sample_rate
        since = (np.ceil(onset) - onset + np.arange(int(np.ceil(self.length_s * sample_rate)))) / sample_rate
        sound = self._rings(note, since, sample_rate)
        for number, burst in enumerate(self.bursts):
            sound += _noise(burst, since, sample_rate, seed + 7919 * number, note.brightness)
        # The last tenth fades, so that a hit cut at -90 dB ends without a step.
        ending = np.clip((since[-1] - since) / (0.1 * since[-1]), 0.0, 1.0)
        return np.asarray(sound * (0.5 - 0.5 * np.cos(np.pi * ending)) * note.loudness * 10.0 ** (self.level_db / 20.0))

    def _rings(self, note: Note, since: Floats, sample_rate: int) -> Floats:
        sound = np.zeros(len(since))
        if not self.rings:
            return sound
        ratio = note.frequency_hz / MIDDLE_C if self.tuned else 1.0
        # The frequency is its last one times 1 + k exp(-t/s); the phase is the integral of that.
        excess = 2.0 ** (self.sweep_cents / 1200.0) - 1.0
        turned = since - excess * self.sweep_s * np.expm1(-since / self.sweep_s)
        tilt = 2.0 * (float(np.clip(note.brightness + 0.3 * (note.loudness - 0.5), 0.0, 1.0)) - 0.5)
        lowest = min(ring.hz for ring in self.rings)
        moving = 1.0 + excess * np.exp(-since / self.sweep_s)
        for ring in self.rings:
            hz = ring.hz * ratio
            level = ring.level * (ring.hz / lowest) ** tilt * taper(hz * moving, sample_rate)
            sound += level * np.exp(-LN1000 / ring.t60_s * since) * np.sin(2.0 * np.pi * hz * turned)
        return sound * -np.expm1(-3.0 * since / self.attack_s)


def _noise(burst: Burst, since: Floats, sample_rate: int, seed: int, brightness: float) -> Floats:
    """One burst; a brighter note moves its band up by at most half an octave."""
    from scipy.signal import sosfilt

    middle = min(burst.middle_hz * 2.0 ** (brightness - 0.5), 0.4 * sample_rate)
    noise = Coloured(burst.colour, seed, sample_rate)(len(since))
    noise = sosfilt(band_pass(middle, burst.width_hz, sample_rate), noise)
    shape = np.zeros(len(since))
    for i, at in enumerate(burst.times_s):
        after = np.maximum(since - at, 0.0)
        fade = burst.t60_s if i + 1 == len(burst.times_s) else min(burst.t60_s, 0.03)
        shape += (1.0 - np.exp(-3.0 * after / burst.attack_s)) * np.exp(-LN1000 / fade * after) * (since >= at)
    return np.asarray(burst.level * shape * noise)


class Hit:
    """One hit as a source."""

    def __init__(self, model: Percussion, note: Note, hearing: Hearing, number: int) -> None:
        self._model, self._note, self._hearing = model, note, hearing
        self._seed = (hearing.seed * 1_000_003 + number) & 0x7FFFFFFF
        self.first = int(np.ceil(note.onset_s * hearing.sample_rate))
        self.end = self.first + int(np.ceil(model.length_s * hearing.sample_rate))

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        if start + CHUNK <= self.first or start >= self.end:
            if start >= self.end:
                self.forget()
            return
        first, end = max(self.first, start), min(self.end, start + CHUNK)
        cut = self._sound[first - self.first : end - self.first]
        bus[:, first - start : end - start] += (self._gains[:, np.newaxis] * cut).astype(np.float32)

    def forget(self) -> None:
        """Drop the hit's samples."""
        self.__dict__.pop("_sound", None)

    @cached_property
    def _sound(self) -> Floats:
        return self._model.hit(self._note, self._hearing.sample_rate, self._seed)

    @cached_property
    def _gains(self) -> Floats:
        return self._hearing.place(self._note)
