"""Tracks of MIDI files as bytes, many events at once."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.midi import specs
from harmonic_audio.midi.vlq import LARGEST, variable_length

MOST_EVENTS: Final = 1 << 25


@dataclass(frozen=True)
class Events:
    """Events of one kind: ``tick`` (n,); ``data`` (n,) of words whose lowest byte comes first, or (n, width) of bytes;
    ``rank`` 0..7 among those of the same tick; ``width`` bytes each."""

    tick: NDArray[np.int64]
    data: NDArray[np.uint32] | NDArray[np.uint8]
    rank: int
    width: int = 3

    @property
    def rows(self) -> NDArray[np.uint8]:
        """The data as bytes, shape (n, width)."""
        if self.data.ndim == 2:
            return self.data.astype(np.uint8, copy=False)
        return self.data.astype("<u4").view(np.uint8).reshape(-1, 4)[:, : self.width]


def short(status: int | NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Messages of three bytes as words, shape (n,)."""
    return (status | first << 8 | second << 16).astype(np.uint32)


def track(head: bytes, parts: list[Events], end: int) -> list[bytes]:
    """A track in pieces: ``head`` (events with deltas of zero) at the start, the events in order, the end's mark.

    Of one tick the lower rank comes first, then the order given. Raises ValueError where the track is too long.
    """
    parts = [part for part in parts if len(part.tick)]
    body, last = _body(parts) if parts else (b"", 0)
    closing = variable_length(max(0, end - last)) + specs.meta(0x2F, b"")
    length = len(head) + len(body) + len(closing)
    return [b"MTrk" + struct.pack(">I", length) + head, body, closing]


def _body(parts: list[Events]) -> tuple[bytes, int]:
    """All events in order, and the last one's tick."""
    from harmonic_audio.kernels.midi import long_events, order, short_events

    parts = sorted(parts, key=lambda part: part.rank)
    tick = np.concatenate([part.tick for part in parts])
    if len(tick) >= MOST_EVENTS:
        raise ValueError(f"{len(tick)} events in one track: the most is {MOST_EVENTS - 1}")
    last = int(tick.max())
    if tick.min() < 0 or last > LARGEST:
        raise ValueError(f"the score is too long for MIDI at this resolution: tick {last} of {LARGEST}")
    width = np.repeat(np.array([part.width for part in parts], dtype=np.uint8), [len(part.tick) for part in parts])
    out = np.empty(4 * len(tick) + int(width.sum(dtype=np.int64)) + 4, dtype=np.uint8)
    places = order(tick)
    if all(part.data.ndim == 1 for part in parts):
        used = short_events(tick, places, np.concatenate([part.data for part in parts]), width, out)
    else:
        used = long_events(tick, places, _messages(parts), width, out)
    return out[:used].tobytes(), last


def _messages(parts: list[Events]) -> NDArray[np.uint8]:
    """Messages of different widths in rows of the widest."""
    table = np.zeros((sum(len(part.tick) for part in parts), max(part.width for part in parts)), dtype=np.uint8)
    first = 0
    for part in parts:
        table[first : first + len(part.tick), : part.width] = part.rows
        first += len(part.tick)
    return table
