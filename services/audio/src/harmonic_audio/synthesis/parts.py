"""A voice of the score made ready to sound: its notes as sources in order of time, its curves, its place.

A voice is made in one channel wherever all of its notes are heard from one place, however that place moves; gains lay
it on the bus. So 64 voices cost 64 channels, in whatever layout.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.layouts import Layout, layout_named
from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.curves import Curve
from harmonic_audio.synthesis.instruments import instrument_of
from harmonic_audio.synthesis.places import Places
from harmonic_audio.synthesis.source import Hearing, Place
from harmonic_audio.synthesis.windows import Windows
from harmonic_contracts.score import ControlCurve, Note, Score

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """A chunk of a voice. With gains, ``samples`` (1, CHUNK) is laid on the rows of the bus by them; else it has them.

    Rows: the channels of the layout's bus, then one for each send.
    """

    samples: Samples
    gains: Floats | None
    """(rows,), or (rows, CHUNK) where they move; None: the samples are (rows, CHUNK) as they are."""

    def rows(self, count: int | None = None) -> Samples:
        """The chunk on the first so many rows of the bus, all without a number; shape (rows, CHUNK)."""
        if self.gains is None:
            return self.samples[:count]
        gains = self.gains[:count].astype(np.float32)
        return self.samples * (gains[:, None] if gains.ndim == 1 else gains)


class Part:
    """A voice: renders itself chunk by chunk, any chunk at any time with the same bits."""

    def __init__(
        self,
        score: Score,
        voice: int,
        *,
        sample_rate: int,
        width: float | Curve = 1.0,
        layout: Layout | None = None,
        sends: Mapping[str, float] | None = None,
        notes: Sequence[Note] | None = None,
        gain_db: float = 0.0,
        lfe: float = 0.0,
    ) -> None:
        """``sends``: the voice's level in each, by name; a note's own reverb send goes before it.
        ``notes``: of all the voice's notes these alone. ``gain_db`` comes to the voice's own. ``lfe``: its share in the
        low frequency channel of a layout that has one."""
        told = score.voices[voice]
        self.name, self.instrument = told.name, instrument_of(told)
        self._rate = sample_rate
        curves: dict[str, ControlCurve] = {curve.target: curve for curve in score.curves if curve.voice == voice}
        self._loudness = Curve.of(curves["loudness"]) if "loudness" in curves else None
        self._brightness = Curve.of(curves["brightness"]) if "brightness" in curves else None
        gain = 10.0 ** ((told.gain_db + gain_db) / 20.0)
        self._places = Places(layout or layout_named("stereo"), dict(sends or {}), gain, width, curves, lfe)
        chosen = [note for note in score.notes if note.voice == voice] if notes is None else notes
        own = [self._bright(note) for note in chosen]
        self._place = self._places.common(own)
        place: Place = self._places.of if self._place is None else _here
        hearing = Hearing(sample_rate, place, curves, told.modes, told.waveform, voice)
        self._windows = Windows(self.instrument.model, own, hearing)

    def stem(self, start: int) -> Samples:
        """The chunk that begins at a sample in the channels of the bus; shape (bus channels, CHUNK)."""
        heard, channels = self.heard(start), self._places.layout.bus_channels
        return np.zeros((channels, CHUNK), dtype=np.float32) if heard is None else heard.rows(channels)

    def heard(self, start: int, room: Samples | None = None) -> Heard | None:
        """The chunk that begins at a sample; None where nothing sounds in it.

        ``room`` (1, CHUNK): where to put the samples if they are one channel."""
        sources = self._windows.sounding(start)
        if not sources:
            return None
        out = self._quiet() if room is None or self._place is None else room
        out[:] = 0.0
        for source in sources:
            source.add_to(out, start)
        return self._laid(out, start)

    def silence(self, start: int) -> Heard:
        """The chunk that begins at a sample, as if nothing sounded in it."""
        return self._laid(self._quiet(), start)

    @property
    def one_place(self) -> bool:
        """Whether all notes are heard from one place, so that the samples of a chunk are one channel."""
        return self._place is not None

    def _quiet(self) -> Samples:
        return np.zeros((1 if self.one_place else self._places.columns, CHUNK), dtype=np.float32)

    def _laid(self, out: Samples, start: int) -> Heard:
        if self._loudness is None and not self._places.evolves:
            return Heard(out, self._place)
        times = np.arange(start, start + CHUNK) / self._rate
        if self._loudness is not None:
            out *= self._loudness.at(times).astype(np.float32)
        if self._place is None:
            return Heard(self._places.laid(out, times), None)
        return Heard(out, self._places.gains(self._place, times) if self._places.evolves else self._place)

    def _bright(self, note: Note) -> Note:
        if self._brightness is None:
            return note
        value = float(np.clip(self._brightness.at(np.array([note.onset_s]))[0], 0.0, 1.0))
        return note.model_copy(update={"brightness": value})


def _here(note: Note) -> Floats:
    """The place of a note whose voice is laid on the bus as a whole."""
    return np.ones(1)


def chunks_of(duration_s: float, sample_rate: int) -> int:
    """Chunks that cover a duration."""
    return -(-round(duration_s * sample_rate) // CHUNK)
