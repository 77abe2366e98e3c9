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
from harmonic_audio.midi.columns import by_blocks
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
    """MTS fraction of a semitone in 1/16384 above ``semitone``; both count with MTS alone."""
    semitone: NDArray[np.int64]
    sounding: NDArray[np.float64] | NDArray[np.int64]
    """What the key sounds without a bend, as a (fractional) MIDI note."""
    reference_hz: float = 440.0


def exact_keys(frequency_hz: NDArray[np.float64], reference_hz: float) -> NDArray[np.float64]:
    """Fractional MIDI note numbers, held within 0..127."""
    return by_blocks(
        lambda hertz: np.clip(A4_MIDI + 12.0 * np.log2(hertz / reference_hz), 0.0, 127.0),
        frequency_hz,
        dtype=np.float64,
    )


def placed(
    on: NDArray[np.int64],
    off: NDArray[np.int64],
    exact: NDArray[np.float64],
    voice: NDArray[np.int64],
    how: Microtones,
    reference_hz: float = 440.0,
) -> Placed:
    """Channels and keys of notes sorted by their start."""
    key = np.rint(exact).astype(np.int64)
    channel = (
        _free_channels(on, off, voice) if how == "mpe" else np.array(MEMBER_CHANNELS)[voice % len(MEMBER_CHANNELS)]
    )
    if how == "mts":
        semitone = np.minimum(np.floor(exact + 1e-9), 127).astype(np.int64)
        fraction = np.clip(np.rint((exact - semitone) * 16384.0), 0, 16383).astype(np.int64)
        key = _key_of_pitch(exact, key)
        return Placed(channel, key, np.full(len(key), specs.BEND_CENTRE), fraction, semitone, exact, reference_hz)
    bend = np.broadcast_to(np.int64(specs.BEND_CENTRE), key.shape)
    if how == "mpe":
        bend = np.clip(np.rint(bend + (exact - key) * specs.BEND_CENTRE / BEND_RANGE), 0, 16383).astype(np.int64)
    return Placed(channel, key, bend, key, key, key, reference_hz)


def _free_channels(on: NDArray[np.int64], off: NDArray[np.int64], voice: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each note the channel released longest ago; one that its voice used before is preferred where free."""
    from harmonic_audio.kernels.midi import free_channels

    return np.array(MEMBER_CHANNELS)[free_channels(on, off, voice, len(MEMBER_CHANNELS))]


def _key_of_pitch(exact: NDArray[np.float64], nearest: NDArray[np.int64]) -> NDArray[np.int64]:
    """A key of its own for every distinct pitch, as near as possible; the nearest key once all 128 are taken."""
    millionths = np.rint(exact * 1e6).astype(np.int64)
    pitches = np.unique(millionths)
    inverse = np.searchsorted(pitches, millionths)
    free = dict.fromkeys(range(128))
    keys = np.empty(len(pitches), dtype=np.int64)
    wanted = np.zeros(len(pitches), dtype=np.int64)
    wanted[inverse] = nearest
    for row, key in enumerate(wanted.tolist()):
        keys[row] = min(free, key=lambda candidate: (abs(candidate - key), candidate)) if free else key
        free.pop(int(keys[row]), None)
    return keys[inverse]
