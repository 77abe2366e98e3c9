"""The loops over a MIDI file's events: a channel for each note, the order of events, their bytes."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import inner, kernel

Ints = NDArray[np.int64]
Places = NDArray[np.uint32]
Bytes = NDArray[np.uint8]
DIGIT = 11


@kernel
def free_channels(on: Ints, off: Ints, voice: Ints, slots: int) -> Ints:
    """For each note the slot released longest ago; one that its voice used before is preferred where free.

    Arrays (notes,), by their start in ticks. Where no slot is free, the one that will be first.
    """
    free_at, owner, chosen = np.full(slots, -1), np.full(slots, -1), np.empty(len(on), dtype=np.int64)
    for row in range(len(on)):
        start, part = on[row], voice[row]
        best, best_rank = 0, 3
        for slot in range(slots):
            if free_at[slot] > start:
                rank = 2
            elif owner[slot] == -1 or owner[slot] == part:
                rank = 0
            else:
                rank = 1
            if rank < best_rank or (rank == best_rank and free_at[slot] < free_at[best]):
                best, best_rank = slot, rank
        chosen[row], owner[best] = best, part
        free_at[best] = max(off[row], free_at[best])
    return chosen


@kernel
def order(tick: Ints) -> Places:
    """Places of the events by tick, those of one tick in the order given: a radix sort. Ticks are not negative."""
    count, most = len(tick), np.int64(0)
    keys = np.empty((2, count), dtype=np.uint64)
    for n in range(count):
        keys[0, n] = (np.uint64(tick[n]) << np.uint64(32)) | np.uint64(n)
        most = max(most, tick[n])
    source, shift, mask = 0, 32, np.uint64((1 << DIGIT) - 1)
    while most >> (shift - 32) > 0:
        starts = np.zeros((1 << DIGIT) + 1, dtype=np.int64)
        old, new = keys[source], keys[1 - source]
        for n in range(count):
            starts[((old[n] >> np.uint64(shift)) & mask) + np.uint64(1)] += 1
        for digit in range(1 << DIGIT):
            starts[digit + 1] += starts[digit]
        for n in range(count):
            place = (old[n] >> np.uint64(shift)) & mask
            new[starts[place]] = old[n]
            starts[place] += 1
        source, shift = 1 - source, shift + DIGIT
    return np.asarray(keys[source].astype(np.uint32))


@inner
def _quantity(value: int, out: Bytes, at: int) -> int:
    """Write a variable-length quantity of at most four bytes; returns where it ends."""
    if value >= 1 << 21:
        out[at] = 0x80 | (value >> 21)
        at += 1
    if value >= 1 << 14:
        out[at] = 0x80 | ((value >> 14) & 0x7F)
        at += 1
    if value >= 1 << 7:
        out[at] = 0x80 | ((value >> 7) & 0x7F)
        at += 1
    out[at] = value & 0x7F
    return at + 1


@kernel
def short_events(tick: Ints, places: Places, message: NDArray[np.uint32], width: Bytes, out: Bytes) -> int:
    """Deltas and messages of up to four bytes, the lowest of a word first; returns the bytes used.

    ``out`` has four bytes more than the longest deltas need.
    """
    now, at = np.int64(0), 0
    for place in places:
        at = _quantity(tick[place] - now, out, at)
        now, word = tick[place], message[place]
        out[at], out[at + 1] = word & np.uint32(0xFF), (word >> np.uint32(8)) & np.uint32(0xFF)
        out[at + 2], out[at + 3] = (word >> np.uint32(16)) & np.uint32(0xFF), word >> np.uint32(24)
        at += width[place]
    return at


@kernel
def long_events(tick: Ints, places: Places, message: Bytes, width: Bytes, out: Bytes) -> int:
    """The same for messages as rows of bytes, shape (events, widest)."""
    now, at = np.int64(0), 0
    for place in places:
        at = _quantity(tick[place] - now, out, at)
        now = tick[place]
        for byte in range(width[place]):
            out[at + byte] = message[place, byte]
        at += width[place]
    return at


def warm() -> None:
    """Compile for the signatures that the writer uses."""
    tick, out = np.array([3, 1]), np.empty(16, dtype=np.uint8)
    free_channels(tick, tick, tick, 2)
    places, width = order(tick), np.ones(2, dtype=np.uint8)
    short_events(tick, places, np.zeros(2, dtype=np.uint32), width, out)
    long_events(tick, places, np.zeros((2, 4), dtype=np.uint8), width, out)
