"""Notes as columns while they are being made: cheap to thin, move and sort before they become a score."""

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping.motion import Floats, Ints


@dataclass(frozen=True)
class NoteColumns:
    """Notes, one row each. ``cause_a`` and ``cause_b`` are bodies, -1 for none; ``cause_time`` is the universe's."""

    onset_s: Floats
    duration_s: Floats
    frequency_hz: Floats
    loudness: Floats
    pan: Floats
    brightness: Floats
    voice: Ints
    cause_kind: NDArray[np.str_]
    cause_a: Ints
    cause_b: Ints
    cause_time: Floats

    def __len__(self) -> int:
        return len(self.onset_s)

    def take(self, rows: NDArray[np.intp]) -> "NoteColumns":
        """The rows named, in that order."""
        return replace(self, **{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})

    def ordered(self) -> "NoteColumns":
        """By onset, then voice, then frequency: the order of a score."""
        return self.take(np.lexsort((self.frequency_hz, self.voice, self.onset_s)))


def joined(parts: list[NoteColumns]) -> NoteColumns:
    """All rows of all parts, one after another; at least one part."""
    names = NoteColumns.__dataclass_fields__
    return NoteColumns(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def thinned(notes: NoteColumns, per_second: float, total: int) -> NoteColumns:
    """The loudest notes of which no second has more than ``per_second``, and no more than ``total`` in all.

    Equally loud notes: the earlier one stays. The order of the rows is kept.
    """
    most = max(1, int(per_second))
    taken = np.zeros(len(notes), dtype=bool)
    kept: list[float] = []
    for row in _candidates(notes, most):
        onset = float(notes.onset_s[row])
        place = bisect_right(kept, onset)
        if len(kept) < total and _has_room(kept, place, onset, most):
            kept.insert(place, onset)
            taken[row] = True
    return notes.take(np.flatnonzero(taken))


def _candidates(notes: NoteColumns, most: int) -> NDArray[np.intp]:
    """Rows from the loudest on; of each quarter second only the loudest that could find room at all."""
    order = np.lexsort((notes.onset_s, -notes.loudness))
    quarter = np.floor(notes.onset_s[order] * 4.0).astype(np.int64)
    grouped = np.argsort(quarter, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(quarter[grouped]) != 0]) if len(order) else np.zeros(0, dtype=np.intp)
    place = np.empty(len(order), dtype=np.int64)
    place[grouped] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return order[place < most]


def _has_room(kept: list[float], place: int, onset: float, most: int) -> bool:
    """Whether any second that would hold the new onset holds fewer than ``most`` others."""
    around = [*kept[max(0, place - most) : place], onset, *kept[place : place + most]]
    return all(late - early >= 1.0 for early, late in zip(around, around[most:], strict=False))
