"""Plucked strings as tuned delay lines: exact pitch and decay of the fundamental, a pluck at any place and moment.

The loop is solved so that the fundamental's pole lies where the note says: exp((-ln 1000 / T60 + 2 pi i f) / rate).
The pluck is one period of the string's shape, a box as wide as the pluck's place, with edges smooth enough to be
sampled at any fraction of a sample without aliases.
"""

import cmath
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.curves import Curve
from harmonic_audio.synthesis.families import Ringing
from harmonic_audio.synthesis.partials import LN1000
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.tones import detuned
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
SHARPEST, DULLEST = 1.9, 24.0
"""Standard deviation of the pluck's edges in samples at 48 kHz, at brightness 1 and 0."""
REACH: Final = 6.5
"""Deviations at which an edge begins: -200 dB."""
HIGHEST: Final = 0.2
"""Of the sample rate: above it a string has no loop."""


class String(Ringing):
    """A plucked string. A gliding pitch is taken at each note's onset: a string keeps its length while it rings."""

    kind: Literal["string"] = "string"
    damping: float = Field(
        default=0.02,
        ge=0.0,
        le=0.9,
        description="Part of the fundamental's loss that grows with the square of frequency: 0 all partials ring alike",
    )
    pluck_position: float = Field(
        default=0.13, ge=0.01, le=0.5, description="Place of the pluck, of the string's length; 0.5 the middle"
    )

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One string a note; none for notes too high for a loop."""
        curve = Curve.of(hearing.curves["frequency_hz"]) if "frequency_hz" in hearing.curves else None
        made: list[Source] = []
        for note in notes:
            hertz = detuned(note)
            if curve is not None:
                hertz *= float(curve.at(np.array([note.onset_s]))[0]) / note.frequency_hz
            if hertz < HIGHEST * hearing.sample_rate:
                made.append(self._note(note, hertz, hearing))
        return made

    def _note(self, note: Note, hertz: float, hearing: Hearing) -> Source:
        loop = loop_of(hertz, note.duration_s, self.damping, hearing.sample_rate)
        onset = note.onset_s * hearing.sample_rate
        first = int(np.ceil(onset))
        bright = min(max(note.brightness + 0.3 * (note.loudness - 0.5), 0.0), 1.0)
        width = DULLEST * (SHARPEST / DULLEST) ** bright * hearing.sample_rate / 48_000.0
        period = hearing.sample_rate / hertz
        loudness = note.loudness * 10.0 ** (self.level_db / 20.0)
        pluck = loudness * pluck_of(period, self.pluck_position, min(width, period / 6.0), first - onset)
        end = first + len(pluck) + int(np.ceil(2.0 * note.duration_s * hearing.sample_rate))
        return PluckedString(loop, pluck, hearing.place(note), first, end)


@dataclass(frozen=True)
class Loop:
    """z^-delay (a + z^-1) / (1 + a z^-1) b / (1 - p z^-1)."""

    delay: int
    allpass: float
    gain: float
    pole: float


def loop_of(hertz: float, t60_s: float, damping: float, sample_rate: float) -> Loop:
    """The loop whose fundamental has a frequency and a T60, exactly."""
    omega, decay = 2.0 * pi * hertz / sample_rate, LN1000 / (t60_s * sample_rate)
    # |H(w0)/H(0)|^2 = G gives the loss's pole; the fundamental's whole loss is exp(-decay * period).
    less = -float(np.expm1(-2.0 * damping * decay * 2.0 * pi / omega))
    half = 1.0 - (1.0 - less) * cos(omega)
    pole = (half - sqrt(max(half * half - less * less, 0.0))) / less if less > 0.0 else 0.0
    back = cmath.exp(complex(decay, -omega))  # z^-1 at the fundamental's pole
    loss_delay = -cmath.phase(1.0 / (1.0 - pole * back)) / omega
    whole = 2.0 * pi / omega - loss_delay
    delay = int(np.floor(whole - 0.3))
    fraction = whole - delay
    allpass = sin((1.0 - fraction) * omega / 2.0) / sin((1.0 + fraction) * omega / 2.0)

    def around(a: float) -> complex:
        return cmath.exp(complex(decay, -omega) * delay) * (a + back) / (1.0 + a * back) / (1.0 - pole * back)

    # Damping turns the phase a little: the secant method on the phase round the loop.
    before, now = allpass - 1e-3, allpass
    for _ in range(12):
        old, new = cmath.phase(around(before)), cmath.phase(around(now))
        if new == old:
            break
        before, now = now, now - new * (now - before) / (new - old)
    return Loop(delay, now, 1.0 / abs(around(now)), pole)


def pluck_of(period: float, place: float, width: float, since: float) -> Floats:
    """One period of a plucked string without its mean, as loud as a sine of amplitude 1; ``since`` samples late.

    A box of height 1 as wide as the place, its mean taken away over the period; each edge a normal distribution.
    """
    from scipy.special import erf

    begin = REACH * width
    at = since + np.arange(int(np.ceil(period + 2.0 * begin)) + 1)
    edges = [begin, begin + place * period, begin + period]
    edge = [0.5 * (1.0 + erf((at - middle) / (width * sqrt(2.0)))) for middle in edges]
    shape = (edge[0] - edge[1]) - place * (edge[0] - edge[2])
    return np.asarray(shape * sqrt(0.5 / (place * (1.0 - place))))


@dataclass
class PluckedString:
    """A string as a source: its line is carried on, and plucked again where a chunk does not follow."""

    loop: Loop
    pluck: Floats
    gains: Floats
    first: int
    end: int

    def __post_init__(self) -> None:
        self._next = -1
        self._line = np.zeros(0)

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        begin, end = max(start, self.first), min(start + CHUNK, self.end)
        if begin >= end:
            return
        if self._next != begin:
            self._restart()
            self._run(begin - self._next)
        from harmonic_audio.kernels.strings import lay

        lay(self._run(end - begin), self.gains, bus[:, begin - start : end - start])

    def forget(self) -> None:
        """Drop the line."""
        self._next, self._line = -1, np.zeros(0)

    def _restart(self) -> None:
        self._next = self.first
        self._line, self._state, self._at = np.zeros(self.loop.delay), np.zeros(3), np.zeros(1, dtype=np.int64)
        self._coefficients = np.array([self.loop.allpass, self.loop.gain, self.loop.pole])

    def _run(self, count: int) -> Floats:
        from harmonic_audio.kernels.strings import tuned

        out = np.empty(count)
        at = self._next - self.first
        tuned(self.pluck[at : at + count], self._coefficients, self._state, self._line, self._at, out)
        self._next += count
        return out
