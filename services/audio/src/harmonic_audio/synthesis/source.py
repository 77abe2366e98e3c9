"""What sounds: the one way from a voice's notes to samples, whatever makes them.

A voice model turns the notes of one voice into sources. A source adds itself to a bus, chunk by chunk, on a grid that
never changes. Any chunk may be asked for at any time: what a source carries from the chunk before (the state of a
filter or of a delay line) saves time and never shows. Asked for a chunk that does not follow, it begins again at its
own onset; so a rendering resumed after a kill, or cut into other deliveries, ends with the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.score import ControlCurve, Note, Waveform
from harmonic_contracts.trajectory import Mode

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]


class Source(Protocol):
    """Something that sounds from sample ``first`` to before sample ``end``."""

    first: int
    end: int

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""

    def forget(self) -> None:
        """Drop tables and states; they are made again when needed."""


class Place(Protocol):
    """Where the notes of a voice are heard."""

    def __call__(self, note: Note) -> Floats:
        """Linear gain of a note in each channel of the bus, the voice's own gain in it; shape (channels,)."""


@dataclass(frozen=True)
class Hearing:
    """What a voice model is told beside the notes."""

    sample_rate: int
    place: Place
    curves: Mapping[str, ControlCurve] = field(default_factory=dict)
    """Of this voice, by target. Loudness, position and reverb send are laid on outside the sources."""
    modes: Sequence[Mode] = ()
    waveform: Waveform | None = None
    seed: int = 0
    """For noise; the same score gives the same."""


class VoiceModel(Protocol):
    """A way to make sound; its fields are an instrument's data."""

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """The sources of the notes. Notes with nothing to hear (all above the band, say) give none."""
