"""Modal voices: a vibrating body sounds with its own modes, as physics found them or built in."""

from collections.abc import Sequence
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from harmonic_audio.synthesis.bodies import Kind, body_of
from harmonic_audio.synthesis.families import Ringing
from harmonic_audio.synthesis.partials import LN1000, Partials
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.struck import struck_pitch
from harmonic_audio.synthesis.tones import detuned
from harmonic_contracts.score import Note
from harmonic_contracts.trajectory import Mode

Floats = NDArray[np.float64]
LOWEST_HZ: Final = 16.0
"""Slower modes are not heard, and left out."""
LONGEST_S: Final = 60.0
"""Greatest T60: a mode without loss rings as long."""


class Modal(Ringing):
    """A struck body. Its notes are strokes: loudness their strength, brightness their hardness."""

    kind: Literal["modal"] = "modal"
    body: Kind | Literal["voice"] = Field(
        default="voice",
        description="`voice`: the modes that the voice brings from the simulation; else a built-in body",
    )
    count: int = Field(default=48, ge=1, le=256, description="Modes of a built-in body")
    stiffness: float = Field(default=1e-4, ge=0.0, le=0.1, description="B of a string: k sqrt(1 + B k^2)")
    aspect: float = Field(default=1.4, ge=1.0, le=10.0, description="Sides of a rectangle, the longer over the other")
    stroke: float = Field(default=0.3, ge=0.0, le=1.0, description="Place of the stroke on a built-in body")
    ear: float = Field(default=0.41, ge=0.0, le=1.0, description="Place on a built-in body that is listened to")
    damping: float = Field(
        default=0.6, ge=0.0, le=4.0, description="T60 of a built-in mode of ratio r is the first one's over r**damping"
    )
    pickup: int = Field(default=0, ge=0, le=15, description="Which pickup of the voice's modes is heard")
    quantity: Literal["displacement", "velocity"] = Field(
        default="velocity", description="What is heard of the voice's modes"
    )
    pitch: Literal["note", "as_it_is"] = Field(
        default="note", description="Lowest mode at the note's frequency, or the voice's modes at their own"
    )
    ring: Literal["note", "as_it_is"] = Field(
        default="as_it_is", description="T60 of the voice's lowest mode: the note's duration, or its own"
    )
    attack_s: float = Field(default=0.001, gt=0.0, le=1.0, description="Time in which a stroke is at 95 % [s]")

    @model_validator(mode="after")
    def _there(self) -> Self:
        if self.body != "voice" and self.pitch == "as_it_is":
            raise ValueError(f"a built-in {self.body} has no pitch of its own: choose pitch `note`")
        return self

    def partials(self, frequency_hz: float, duration_s: float, modes: Sequence[Mode], sample_rate: int) -> Partials:
        """The modes of a note that lie in the band. Raises ValueError where the voice has none to bring."""
        made = (
            self._own(frequency_hz, duration_s, modes)
            if self.body == "voice"
            else self._built(frequency_hz, duration_s)
        )
        return made.audible(sample_rate)

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One bank for each pitch and duration that differ in sound."""
        groups: dict[tuple[float, float], list[Note]] = {}
        for note in notes:
            hertz = 1.0 if self.pitch == "as_it_is" else detuned(note)
            seconds = note.duration_s if self.body != "voice" or self.ring == "note" else 1.0
            groups.setdefault((hertz, seconds), []).append(note)
        made: list[Source] = []
        for (hertz, seconds), group in groups.items():
            partials = self.partials(hertz, seconds, hearing.modes, hearing.sample_rate)
            if len(partials.ratio):
                length = int(np.ceil(partials.longest_s * hearing.sample_rate))
                made.append(struck_pitch(partials, group, length, hearing, self.level_db))
        return made

    def _built(self, frequency_hz: float, duration_s: float) -> Partials:
        body = body_of(self.body, self.count, self.stiffness, self.aspect, self.stroke, self.ear)
        decay = LN1000 / duration_s * body.ratio**self.damping
        return self._partials(frequency_hz * body.ratio, decay, body.struck * body.heard, np.zeros_like(decay))

    def _own(self, frequency_hz: float, duration_s: float, modes: Sequence[Mode]) -> Partials:
        heard = sorted((mode for mode in modes if mode.frequency >= LOWEST_HZ), key=lambda mode: mode.frequency)
        if not heard:
            raise ValueError(
                "a modal voice needs the modes of a vibrating body in the band: map a string, bar, membrane or plate "
                "to it, or choose a built-in body by the patch {'body': 'string'}"
            )
        if any(self.pickup >= len(mode.pickups) for mode in heard):
            raise ValueError(f"the voice's modes have no pickup {self.pickup}: there are {len(heard[0].pickups)}")
        hertz = np.array([mode.frequency for mode in heard])
        decay = np.array([mode.decay_rate for mode in heard])
        shape = np.array([mode.excitation * mode.pickups[self.pickup] for mode in heard])
        omega, turn = 2.0 * np.pi * hertz, np.zeros_like(hertz)
        if self.quantity == "displacement":
            shape = shape / omega  # q = exp(-d t) sin(w t) / w after a stroke of unit momentum
        else:
            shape, turn = shape * np.hypot(1.0, decay / omega), 0.5 * np.pi + np.arctan(decay / omega)
        if self.pitch == "note":
            hertz = hertz * (frequency_hz / hertz[0])
        if self.ring == "note":
            decay = (
                decay * (LN1000 / duration_s / decay[0]) if decay[0] > 0.0 else np.full_like(decay, LN1000 / duration_s)
            )
        return self._partials(hertz, np.maximum(decay, LN1000 / LONGEST_S), shape, turn)

    def _partials(self, hertz: Floats, decay: Floats, shape: Floats, turn: Floats) -> Partials:
        if not shape.any():
            raise ValueError("nothing moves at the place of the stroke or of the ear: move one of them")
        phase = turn + np.where(shape < 0.0, np.pi, 0.0)
        return Partials(hertz, hertz / hertz[0], decay, phase, np.abs(shape), 3.0 / self.attack_s)
