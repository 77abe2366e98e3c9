"""Held voices: partials under an envelope, at a fixed or a gliding pitch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.bank import CHUNK, Bank, Poles, Strike
from harmonic_audio.synthesis.envelope import Envelope
from harmonic_audio.synthesis.noise import uniform
from harmonic_audio.synthesis.partials import Partials, Spectrum
from harmonic_audio.synthesis.performing import Controls, Expressive, ToneSource
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.tones import MovingPartials, detuned, moves
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]


class Held(Spectrum, Expressive):
    """Partials of random but fixed phases; detuned copies make it broad."""

    kind: Literal["held"] = "held"
    detune_cents: float = Field(
        default=0.0,
        ge=0.0,
        le=100.0,
        description="Two further copies of the partials, this much above and below; 0 for one copy",
    )

    def partials(self, frequency_hz: float, sample_rate: int) -> Partials:
        """The partials of a note that lie in the band."""
        return self._all(frequency_hz).audible(sample_rate)

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note: a bank where only the envelope moves, else a running tone."""
        made = (self._note(note, hearing, number) for number, note in enumerate(notes))
        return [source for source in made if source is not None]

    def _note(self, note: Note, hearing: Hearing, number: int) -> Source | None:
        controls = Controls(self, note, hearing, number)
        if moves(controls):
            return ToneSource(controls, partial(MovingPartials, self._all(note.frequency_hz), controls))
        partials = self.partials(detuned(note), hearing.sample_rate)
        if not len(partials.ratio):
            return None
        amplitudes = 10.0 ** (self.level_db / 20.0) * partials.amplitudes(note.brightness, note.loudness)
        bank = Bank(
            Poles(partials, hearing.sample_rate), [Strike(controls.onset, amplitudes, controls.end)], np.ones(1)
        )
        return HeldNote(bank, controls.envelope, controls.onset, hearing.place(note), hearing.sample_rate)

    def _all(self, frequency_hz: float) -> Partials:
        ratio, share = np.array(self.ratios), np.array(self.amplitudes)
        if self.detune_cents:
            shift = 2.0 ** (np.array([0.0, -1.0, 1.0]) * self.detune_cents / 1200.0)
            share = np.outer([0.7, 0.5, 0.5], share / np.sqrt(np.sum(share**2))).ravel()
            ratio = np.outer(shift, ratio).ravel()
        nothing = np.zeros_like(ratio)
        return Partials(frequency_hz * ratio, ratio, nothing, 2.0 * np.pi * uniform(1, len(ratio)), share, 0.0)


@dataclass
class HeldNote:
    """One note under an envelope, at a fixed pitch; ``gains`` (channels,)."""

    bank: Bank
    envelope: Envelope
    onset: float
    gains: Floats
    sample_rate: int

    def __post_init__(self) -> None:
        self.first, self.end = self.bank.first, self.bank.end

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        if not self.bank.active(start):
            self.forget()
            return
        seconds = (np.arange(start, start + CHUNK) - self.onset) / self.sample_rate
        level = self.envelope.at(np.maximum(seconds, 0.0)).astype(np.float32)
        tone = np.zeros((1, CHUNK), dtype=np.float32)
        self.bank.add_to(tone, start)
        bus += tone * level * self.gains[:, None].astype(np.float32)

    def forget(self) -> None:
        """Drop the tables of the bank."""
        self.bank.poles.forget()
        self.bank.forget()
