"""The notes of a voice by time: a chunk costs what sounds in it, and a long voice no more memory than a short one.

Notes are taken in windows of onsets on a fixed grid. A window's sources are made when its first note begins, and
dropped when its last one is over; asked for any chunk, in any order, they are the same.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.source import Hearing, Source, VoiceModel
from harmonic_contracts.score import Note

WINDOW: Final = 256 * CHUNK
"""Samples of a window, 65.5 s at 48 kHz."""
SEEDS: Final = 1 << 20
"""Each window has a seed of its own, this much further than the one before."""
_NEVER: Final = 1 << 62


class Windows:
    """All notes of a voice."""

    def __init__(self, model: VoiceModel, notes: Sequence[Note], hearing: Hearing) -> None:
        """``notes`` in order of onset."""

        def number(note: Note) -> int:
            return int(note.onset_s * hearing.sample_rate) // WINDOW

        self._windows = [_Window(index, list(group), model, hearing) for index, group in groupby(notes, key=number)]

    def sounding(self, start: int) -> list[Source]:
        """What sounds in the chunk that begins at a sample."""
        found: list[Source] = []
        for window in self._windows:
            if window.first < start + CHUNK:
                found += window.sounding(start)
            else:
                window.forget()
        return found


class _Window:
    def __init__(self, index: int, notes: list[Note], model: VoiceModel, hearing: Hearing) -> None:
        self.first = index * WINDOW
        self._index, self._notes, self._model, self._hearing = index, notes, model, hearing
        self._end: int | None = None
        """Once known: when its last source is over."""
        self._sources: list[Source] | None = None
        self._awake: set[int] = set()
        self._ready: list[Source] = []
        self._since = self._until = 0
        """For chunks that begin here to before there, the ready ones are those that sound."""

    def sounding(self, start: int) -> list[Source]:
        if not self._since <= start < self._until:
            self._look(start)
        return self._ready

    def forget(self) -> None:
        self._sources, self._ready, self._awake = None, [], set()
        self._since = self._until = 0

    def _look(self, start: int) -> None:
        """Find what sounds at a chunk, and for how many of the following ones nothing changes."""
        if self._end is not None and self._end <= start:
            self.forget()
            self._since, self._until = start, _NEVER
            return
        sources = self._made()
        ready = (self._firsts < start + CHUNK) & (self._ends > start)
        chosen = np.flatnonzero(ready).tolist()
        for over in self._awake.difference(chosen):
            sources[over].forget()
        self._awake, self._ready = set(chosen), [sources[index] for index in chosen]
        later = self._firsts[self._firsts >= start + CHUNK]
        self._since = start
        self._until = int(min(later.min(initial=_NEVER) - CHUNK + 1, self._ends[ready].min(initial=_NEVER)))

    def _made(self) -> list[Source]:
        if self._sources is None:
            told = self._hearing
            hearing = Hearing(
                told.sample_rate,
                told.place,
                told.curves,
                told.modes,
                told.waveform,
                told.seed + SEEDS * self._index,
            )
            self._sources = list(self._model.sources(self._notes, hearing))
            self._firsts = np.array([source.first for source in self._sources], dtype=np.int64)
            self._ends = np.array([source.end for source in self._sources], dtype=np.int64)
            self._end = int(self._ends.max(initial=0))
        return self._sources
