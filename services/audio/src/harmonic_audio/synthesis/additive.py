"""Additive voices: any number of harmonics, band-limited at every sample, under vibrato and gliding pitch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.partials import Partials
from harmonic_audio.synthesis.performing import Controls, Expressive, Moment, ToneSource
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.tones import MovingPartials, detuned, moves, shaded
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
STEP: Final = 8
"""Harmonics are padded to a multiple of it."""


class Additive(Expressive):
    """Harmonics 1 to ``count`` with amplitudes n**-slope: 1 is a sawtooth's, with even = 0 and 1 a square's."""

    kind: Literal["additive"] = "additive"
    count: int = Field(default=32, ge=1, le=512, description="Harmonics")
    slope: float = Field(default=1.0, ge=0.0, le=6.0, description="Amplitude of harmonic n is n**-slope")
    even: float = Field(default=1.0, ge=0.0, le=1.0, description="Weight of the even harmonics")
    vibrato_delay_s: float = Field(default=0.0, ge=0.0, le=60.0, description="From the onset; then as long to grow")

    def partials(self, frequency_hz: float) -> Partials:
        """All harmonics of a note, padded with silent ones; the band's limit is kept sample by sample."""
        number = np.arange(1.0, -(-self.count // STEP) * STEP + 1.0)
        share = number**-self.slope * np.where(number % 2 == 0, self.even, 1.0) * (number <= self.count)
        nothing = np.zeros_like(number)
        return Partials(frequency_hz * number, number, nothing, nothing, share, 0.0)

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note."""
        return [self._note(note, hearing, number) for number, note in enumerate(notes)]

    def _note(self, note: Note, hearing: Hearing, number: int) -> Source:
        controls = Controls(self, note, hearing, number)
        partials = self.partials(note.frequency_hz)
        if controls.evolves("harmonicity") or controls.steady("harmonicity", 1.0) < 1.0:
            return ToneSource(controls, partial(MovingPartials, partials, controls))
        if moves(controls, vibrato=self.vibrato_delay_s > 0.0):
            return ToneSource(controls, partial(MovingHarmonics, partials, controls))
        return SteadyVibrato(controls, partials, hearing.place(note))


class MovingHarmonics:
    """A tone of harmonics under any motion of its pitch."""

    latency = 0

    def __init__(self, partials: Partials, controls: Controls) -> None:
        self._partials, self._controls = partials, controls

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono, its level laid on; shape (samples,)."""
        from harmonic_audio.kernels.additive import harmonics

        share = moment.hertz / self._controls.rate

        def voiced(amplitudes: Floats) -> Floats:
            out = np.empty(len(share))
            harmonics(moment.cycles, share, amplitudes, out)
            return out

        return moment.level * shaded(self._partials, self._controls, moment, voiced)


@dataclass
class SteadyVibrato:
    """A note of harmonics under a steady vibrato (or none): its phase is known in closed form at any sample."""

    controls: Controls
    partials: Partials
    gains: Floats

    def __post_init__(self) -> None:
        self.first, self.end = self.controls.first, self.controls.end

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        begin, end = max(self.first, start), min(self.end, start + CHUNK)
        if begin >= end:
            return
        from harmonic_audio.kernels.additive import vibrating

        told, model, rate = self.controls, self.controls.model, self.controls.rate
        depth = 2.0 ** (told.steady("vibrato_depth_cents", model.vibrato_depth_cents) / 1200.0) - 1.0
        speed = told.steady("vibrato_rate_hz", model.vibrato_rate_hz)
        amplitudes = self.partials.amplitudes(told.note.brightness, told.note.loudness)
        out = np.empty(end - begin)
        vibrating(begin - told.onset, float(rate), detuned(told.note), speed, depth, 0.0, amplitudes, out)
        out *= 10.0 ** (model.level_db / 20.0) * told.envelope.at((np.arange(begin, end) - told.onset) / rate)
        bus[:, begin - start : end - start] += (self.gains[:, None] * out).astype(np.float32)

    def forget(self) -> None:
        """Nothing is kept."""
