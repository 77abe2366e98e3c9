"""Granular clouds: short grains of a waveform, each begun at its exact time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.audification import prepared
from harmonic_audio.synthesis.noise import uniform
from harmonic_audio.synthesis.performing import Controls, Expressive, Moment, ToneSource
from harmonic_audio.synthesis.resampling import at_places
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.wavetables import Waveshape, waveform
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]


class Granular(Expressive):
    """Grains of the voice's waveform, or of a plain one where the voice has none."""

    kind: Literal["granular"] = "granular"
    waveform: Waveshape = Field(
        default="saw", description="What the grains are made of where the voice has no waveform"
    )
    grain_s: float = Field(default=0.08, ge=0.002, le=2.0, description="Length of a grain [s]")
    density_hz: float = Field(default=30.0, ge=0.1, le=500.0, description="Grains begun in a second [1/s]")
    jitter: float = Field(default=0.7, ge=0.0, le=1.0, description="How far an onset strays from the even beat")
    pitch_cents: float = Field(default=8.0, ge=0.0, le=2400.0, description="How far pitches stray to each side [cents]")
    window: Literal["hann", "tukey", "falling"] = Field(default="hann", description="falling: quick rise, long fall")
    reference_hz: float = Field(
        default=440.0,
        gt=0.0,
        lt=24_000.0,
        description="A note of this frequency plays at the waveform's own speed [Hz]",
    )
    position: float = Field(default=0.0, ge=0.0, le=1.0, description="Where in the waveform the first grain begins")
    scan: float = Field(default=1.0, ge=-8.0, le=8.0, description="Speed of passing through the waveform; 1 its own")
    scatter: float = Field(default=0.01, ge=0.0, le=1.0, description="How far positions stray, of its length")

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note, each with grains of its own."""
        data = prepared(hearing.waveform, 0.0) if hearing.waveform else None
        rate = hearing.waveform.sample_rate_hz if hearing.waveform else 0.0
        made = (Controls(self, note, hearing, number) for number, note in enumerate(notes))
        return [ToneSource(controls, partial(_Cloud, self, controls, data, rate)) for controls in made]


@dataclass(frozen=True)
class Grains:
    """All grains of a note, in order of their number."""

    onset_s: Floats
    """After the note's onset."""
    detune: Floats
    """Ratio to the note's frequency."""
    place: Floats
    """Where in the waveform each begins, 0..1."""


def grains_of(model: Granular, duration_s: float, seed: int, waveform_s: float) -> Grains:
    """The grains of a note of a duration, drawn from its seed."""
    count = int(duration_s * model.density_hz) + 1
    first, second, third = (2.0 * uniform(seed + 7919 * k, count) - 1.0 for k in range(3))
    onset = (np.arange(count) + 0.5 * model.jitter * (1.0 + first)) / model.density_hz
    passed = onset * model.scan / waveform_s if waveform_s else onset * 0.0
    return Grains(
        onset, 2.0 ** (model.pitch_cents * second / 1200.0), (model.position + passed + model.scatter * third) % 1.0
    )


class _Cloud:
    """The grains of one note; a stretch is the sum of those that reach into it."""

    latency = 0

    def __init__(self, model: Granular, controls: Controls, data: Floats | None, rate_hz: float) -> None:
        self._model, self._controls, self._data, self._rate = model, controls, data, rate_hz
        length = 0.0 if data is None else len(data) / rate_hz
        self._grains = grains_of(model, controls.envelope.total_s, controls.seed, length)
        # As many sines of random phase as overlap: their power adds.
        self._gain = 1.0 / np.sqrt(max(0.375 * model.grain_s * model.density_hz, 0.375))

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono."""
        sound = np.zeros(len(moment.since))
        onsets = self._grains.onset_s
        from_, to = np.searchsorted(onsets + self._model.grain_s, moment.since[0]), len(onsets)
        for i in range(max(int(from_) - 2, 0), to):
            if onsets[i] > moment.since[-1] + 1.0 / self._model.density_hz:
                break
            begin = int(np.searchsorted(moment.since, onsets[i]))
            end = int(np.searchsorted(moment.since, onsets[i] + self._model.grain_s))
            if end > begin:
                sound[begin:end] += self._grain(i, moment, slice(begin, end))
        return np.asarray(sound * moment.level * self._gain)

    def _grain(self, i: int, moment: Moment, part: slice) -> Floats:
        """One grain where it reaches into the stretch; its phase is the note's, from its own onset on."""
        model, onset, detune = self._model, self._grains.onset_s[i], self._grains.detune[i]
        since = moment.since[part] - onset
        hertz = moment.hertz[part] * detune
        shape = window_of(model.window, since / model.grain_s)
        if self._data is None:
            cycles = moment.cycles[part] * detune + self._grains.place[i]
            width = np.full(len(cycles), 0.5)
            return np.asarray(shape * waveform(model.waveform, cycles, hertz, width, float(self._controls.rate)))
        scale = self._rate / model.reference_hz
        # The note's frequency at the grain's onset holds for the whole grain, so that its place is exact.
        begun = float(self._controls.steady_hz(onset)) * detune
        places = np.mod(self._grains.place[i] * len(self._data) + since * begun * scale, len(self._data))
        speed = np.full(len(places), begun * scale / self._controls.rate)
        return np.asarray(shape * at_places(self._data, places, speed, True))


def window_of(window: str, u: Floats) -> Floats:
    """The window at 0..1 of a grain: 0 at both ends, level there."""
    u = np.clip(u, 0.0, 1.0)
    if window == "hann":
        return np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * u))
    rise = 0.25 if window == "tukey" else 0.05
    fall = 0.25 if window == "tukey" else 0.95
    return np.asarray(
        (0.5 - 0.5 * np.cos(np.pi * np.clip(u / rise, 0.0, 1.0)))
        * (0.5 - 0.5 * np.cos(np.pi * np.clip((1.0 - u) / fall, 0.0, 1.0)))
    )
