"""Notes as columns while they are being made: cheap to thin, move and sort before they become a score."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, fields, replace

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
    strength: Floats
    """Of the event; NaN where there is none."""
    rule: Ints
    """Number of the rule that made it, among all that made notes."""
    sound: dict[str, Floats] = field(default_factory=dict)
    """Further channels by their names in the score; NaN: as the instrument has it."""

    def __len__(self) -> int:
        return len(self.onset_s)

    def take(self, rows: NDArray[np.intp]) -> "NoteColumns":
        """The rows named, in that order."""
        taken = {name: getattr(self, name)[rows] for name in COLUMNS}
        return NoteColumns(**taken, sound={name: column[rows] for name, column in self.sound.items()})

    def ordered(self) -> "NoteColumns":
        """By onset, then voice, then frequency: the order of a score."""
        return self.take(np.lexsort((self.frequency_hz, self.voice, self.onset_s)))

    def tapped(self, count: Ints, rate_hz: Floats, fade: float, end_s: float) -> "NoteColumns":
        """Each note as many strokes as its count, at its rate, each softer by the fade, none from ``end_s`` on.

        Every stroke but the last ends where the next begins.
        """
        rows = np.repeat(np.arange(len(self)), count)
        stroke = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
        all_strokes, gap = self.take(rows), 1.0 / rate_hz[rows]
        shorter = np.where(stroke < count[rows] - 1, np.minimum(all_strokes.duration_s, gap), all_strokes.duration_s)
        made = replace(
            all_strokes,
            onset_s=all_strokes.onset_s + stroke * gap,
            duration_s=shorter,
            loudness=all_strokes.loudness * fade**stroke,
        )
        return made.take(np.flatnonzero((made.onset_s < end_s) | (stroke == 0)))


COLUMNS = tuple(one.name for one in fields(NoteColumns) if one.name != "sound")


def joined(parts: list[NoteColumns]) -> NoteColumns:
    """All rows of all parts, one after another; at least one part."""
    channels = sorted({name for part in parts for name in part.sound})
    sound = {
        name: np.concatenate([part.sound.get(name, np.full(len(part), np.nan)) for part in parts]) for name in channels
    }
    return NoteColumns(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}, sound=sound
    )


def thinned(notes: NoteColumns, per_second: float, total: int, salience: Floats | None = None) -> NoteColumns:
    """The most salient notes of which no second has more than ``per_second``, and no more than ``total`` in all.

    Salience is loudness where none is given; of equally salient notes the earlier one stays. The order of the rows is
    kept.
    """
    salience = notes.loudness if salience is None else salience
    most = max(1, int(per_second))
    ordered = np.sort(notes.onset_s)
    if len(notes) <= total and np.all(ordered[most:] - ordered[:-most] >= 1.0):
        return notes
    taken = np.zeros(len(notes), dtype=bool)
    kept: list[float] = []
    for row in _candidates(notes.onset_s, salience, most):
        onset = float(notes.onset_s[row])
        place = bisect_right(kept, onset)
        if len(kept) < total and _has_room(kept, place, onset, most):
            kept.insert(place, onset)
            taken[row] = True
    return notes.take(np.flatnonzero(taken))


def _candidates(onset_s: Floats, salience: Floats, most: int) -> NDArray[np.intp]:
    """Rows from the most salient on; of each quarter second only those that could find room at all."""
    order = np.lexsort((onset_s, -salience))
    quarter = np.floor(onset_s[order] * 4.0).astype(np.int64)
    grouped = np.argsort(quarter, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(quarter[grouped]) != 0]) if len(order) else np.zeros(0, dtype=np.intp)
    place = np.empty(len(order), dtype=np.int64)
    place[grouped] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return order[place < most]


def _has_room(kept: list[float], place: int, onset: float, most: int) -> bool:
    """Whether any second that would hold the new onset holds fewer than ``most`` others."""
    if bisect_left(kept, onset + 1.0) - bisect_right(kept, onset - 1.0) < most:
        return True
    around = [*kept[max(0, place - most) : place], onset, *kept[place : place + most]]
    return all(late - early >= 1.0 for early, late in zip(around, around[most:], strict=False))


def ranked(values: Floats, group: Ints) -> Floats:
    """Each value's rank within its group, 0 the smallest to 1 the largest; one half for NaN and for one alone."""
    found = np.full(len(values), 0.5)
    for one in np.unique(group):
        rows = np.flatnonzero((group == one) & np.isfinite(values))
        if len(rows) > 1:
            ordered = np.sort(values[rows])
            middle = (
                np.searchsorted(ordered, values[rows], "left") + np.searchsorted(ordered, values[rows], "right") - 1
            )
            found[rows] = 0.5 * middle / (len(rows) - 1)
    return found


def rarity(notes: NoteColumns) -> Floats:
    """0 where all notes are of one body and one kind, 1 for the only one of its body and kind."""
    if len(notes) < 2:
        return np.ones(len(notes))
    _, kind = np.unique(notes.cause_kind, return_inverse=True)
    _, group, count = np.unique(
        kind.astype(np.int64) * (int(notes.cause_a.max()) + 2) + notes.cause_a + 1,
        return_inverse=True,
        return_counts=True,
    )
    return np.asarray(1.0 - np.log(count[group]) / np.log(len(notes)))
