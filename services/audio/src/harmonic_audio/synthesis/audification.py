"""Audification: an observable's own samples as sound, at the speed that the note says."""

import base64
from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.performing import Controls, Expressive, Moment, ToneSource
from harmonic_audio.synthesis.resampling import at_places
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_contracts.score import Note, Waveform

Floats = NDArray[np.float64]


class Audification(Expressive):
    """The voice's waveform, played once or round and round; its mean removed, its ends faded."""

    kind: Literal["audification"] = "audification"
    reference_hz: float = Field(
        default=440.0,
        gt=0.0,
        lt=24_000.0,
        description="A note of this frequency plays at the waveform's own speed [Hz]",
    )
    loop: bool = Field(default=False, description="Begin again at its end, as long as the note lasts")
    fade_s: float = Field(default=0.005, ge=0.0, le=10.0, description="At both ends, at the waveform's own speed [s]")

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note. Raises ValueError for a voice without a waveform."""
        if hearing.waveform is None:
            raise ValueError("audification plays the voice's waveform, and this voice has none: name an observable")
        data = prepared(hearing.waveform, self.fade_s)
        rate = hearing.waveform.sample_rate_hz
        made = (Controls(self, note, hearing, number) for number, note in enumerate(notes))
        return [ToneSource(controls, partial(_Running, self, controls, data, rate)) for controls in made]


class _Running:
    """One note; nothing to remember."""

    latency = 0

    def __init__(self, model: Audification, controls: Controls, data: Floats, rate_hz: float) -> None:
        self._model, self._controls, self._data, self._rate = model, controls, data, rate_hz

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono."""
        scale = self._rate / self._model.reference_hz
        places = moment.cycles * scale
        if self._model.loop:
            places = np.mod(places, len(self._data))
        speed = moment.hertz * scale / self._controls.rate
        return at_places(self._data, places, speed, self._model.loop) * moment.level


def samples_of(waveform: Waveform) -> Floats:
    """The samples of a waveform as they are. Raises ValueError where they are none, or not all finite."""
    try:
        data = np.frombuffer(base64.b64decode(waveform.data, validate=True), dtype="<f4").astype(np.float64)
    except ValueError as error:
        raise ValueError(f"the waveform's data are not base64 of float32 samples: {error}") from error
    if len(data) < 2 or not np.all(np.isfinite(data)):
        raise ValueError("a waveform needs at least two samples, all of them finite")
    return data


def prepared(waveform: Waveform, fade_s: float) -> Floats:
    """The samples without their mean, of peak 1, raised-cosine fades at both ends; silence stays silence."""
    data = samples_of(waveform)
    data -= np.mean(data)
    count = min(round(fade_s * waveform.sample_rate_hz), len(data) // 2)
    if count:
        fade = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)
        data[:count] *= fade
        data[-count:] *= fade[::-1]
    peak = float(np.max(np.abs(data)))
    return data / peak if peak > 0.0 else data
