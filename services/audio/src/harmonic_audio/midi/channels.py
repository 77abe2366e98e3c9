"""Which channel and key a note plays on, so that microtones are right.

- ``mpe``: each sounding note has a channel of its own (the one released longest ago) and a pitch bend of range 48
  semitones; a step is 0.59 cent. It sounds right on MPE instruments and on General MIDI ones.
- ``mts``: each pitch has a key of its own, retuned by MIDI Tuning Standard messages; a step is 0.0061 cent.
- ``none``: the nearest key.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.midi import specs
from harmonic_audio.tuning.pitch import A4_MIDI

Microtones = Literal["mpe", "mts", "none"]
MEMBER_CHANNELS: Final = tuple(channel for channel in range(1, 16) if channel != 9)
"""All but MPE's master and General MIDI's drums."""
BEND_RANGE: Final = 48


@dataclass(frozen=True)
class Placed:
    """Where each note is played; every array has shape (notes,)."""

    channel: NDArray[np.int64]
    key: NDArray[np.int64]
    bend: NDArray[np.int64]
    """Pitch bend, or the centre."""
    fraction: NDArray[np.int64]
    """MTS fraction of a semitone in 1/16384 above ``semitone``."""
    semitone: NDArray[np.int64]


def exact_keys(frequency_hz: NDArray[np.float64], reference_hz: float) -> NDArray[np.float64]:
    """Fractional MIDI note numbers, held within 0..127."""
    return np.clip(A4_MIDI + 12.0 * np.log2(frequency_hz / reference_hz), 0.0, 127.0)


def placed(
    on: NDArray[np.int64], off: NDArray[np.int64], exact: NDArray[np.float64], voice: NDArray[np.int64], how: Microtones
) -> Placed:
    """Channels and keys of notes sorted by their start."""
    key = np.clip(np.rint(exact), 0, 127).astype(np.int64)
    centre = np.full(len(key), specs.BEND_CENTRE)
    semitone = np.minimum(np.floor(exact + 1e-9), 127).astype(np.int64)
    fraction = np.clip(np.rint((exact - semitone) * 16384.0), 0, 16383).astype(np.int64)
    if how == "mpe":
        bends = np.clip(np.rint(specs.BEND_CENTRE + (exact - key) * specs.BEND_CENTRE / BEND_RANGE), 0, 16383)
        return Placed(_free_channels(on, off, voice), key, bends.astype(np.int64), fraction, semitone)
    channel = np.array([MEMBER_CHANNELS[v % len(MEMBER_CHANNELS)] for v in voice.tolist()], dtype=np.int64)
    if how == "mts":
        key = _key_of_pitch(exact, key)
    return Placed(channel, key, centre, fraction, semitone)


def _free_channels(on: NDArray[np.int64], off: NDArray[np.int64], voice: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each note the channel released longest ago; one that its voice used before is preferred where free."""
    free_at = dict.fromkeys(MEMBER_CHANNELS, -1)
    owner: dict[int, int] = {}
    chosen = np.empty(len(on), dtype=np.int64)
    for row, (start, end, part) in enumerate(zip(on.tolist(), off.tolist(), voice.tolist(), strict=True)):
        channel = min(
            MEMBER_CHANNELS,
            key=lambda c: (
                free_at[c] > start,
                free_at[c] if free_at[c] > start else 0,
                owner.get(c, part) != part,
                free_at[c],
            ),
        )
        chosen[row], free_at[channel], owner[channel] = channel, max(end, free_at[channel]), part
    return chosen


def _key_of_pitch(exact: NDArray[np.float64], nearest: NDArray[np.int64]) -> NDArray[np.int64]:
    """A key of its own for every distinct pitch, as near as possible; the nearest key once all 128 are taken."""
    taken: dict[int, float] = {}
    keys: dict[float, int] = {}
    for pitch, key in sorted(set(zip(np.round(exact, 6).tolist(), nearest.tolist(), strict=True))):
        free = [candidate for candidate in range(128) if candidate not in taken]
        keys[pitch] = min(free, key=lambda c: abs(c - key)) if free else key
        taken[keys[pitch]] = pitch
    return np.array([keys[pitch] for pitch in np.round(exact, 6).tolist()], dtype=np.int64)
