"""Noise as a voice: coloured, or a band of it round the note's pitch; wind, surf, breath."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.coloured import Colour, Coloured
from harmonic_audio.synthesis.performing import Controls, Expressive, Moment, ToneSource
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.subtractive import damping_of
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]


class NoiseVoice(Expressive):
    """Noise of a colour; with ``tuned`` two band-passes follow the pitch, the narrower the more harmonic."""

    kind: Literal["noise"] = "noise"
    colour: Colour = Field(default="pink", description="Slope of its spectrum")
    tuned: bool = Field(default=True, description="A band round the note's frequency; else the colour as it is")
    harmonicity: float = Field(default=0.6, ge=0.0, le=1.0, description="Width of the band: Q from 0.5 to 200")

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note, each with noise of its own."""
        made = (Controls(self, note, hearing, number) for number, note in enumerate(notes))
        return [ToneSource(controls, partial(_Running, self, controls)) for controls in made]


class _Running:
    """The noise and the filters of one note."""

    latency = 0

    def __init__(self, model: NoiseVoice, controls: Controls) -> None:
        self._model, self._controls = model, controls
        self._noise = Coloured(model.colour, controls.seed, controls.rate)
        self._states = np.zeros((2, 2))

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono, of about the same power whatever its band."""
        from harmonic_audio.kernels.filters import BAND, LOW, state_variable

        noise, rate = self._noise(len(moment.since)), float(self._controls.rate)
        if not self._model.tuned:
            cutoff = 18_000.0 * 2.0 ** (8.0 * (self._controls.brightness(moment) - 1.0))
            even = np.full(len(noise), np.sqrt(2.0))
            return np.asarray(state_variable(noise, cutoff, even, LOW, rate, self._states[0]) * moment.level)
        middle = moment.hertz
        if (slow := self._controls.lfo("cutoff", moment.since)) is not None:
            middle = middle * 2.0 ** (slow / 1200.0)
        pure = np.clip(self._controls.value("harmonicity", self._model.harmonicity, moment), 0.0, 1.0)
        damping = damping_of(pure) * 10.0**-pure
        once = state_variable(noise, middle, damping, BAND, rate, self._states[0])
        twice = state_variable(once, middle, damping, BAND, rate, self._states[1])
        # Power of white noise through both bands: (pi / 4) damping middle over the Nyquist frequency.
        share = np.clip(0.25 * np.pi * damping * middle / (0.5 * rate), 1e-6, 1.0)
        pink = share if self._model.colour == "white" else np.clip(damping * 0.1, 1e-6, 1.0)
        return np.asarray(twice / np.sqrt(pink) * moment.level)
