"""The retuning table of a keyboard, decoded by the standard's own rule."""

from functools import reduce
from operator import xor

import mido
import numpy as np
import pytest

from harmonic_audio.midi import bulk_tuning_dump
from harmonic_audio.tuning import Tuning, keyboard_hz
from harmonic_audio.tuning.documents import EqualTuning, MeantoneTuning


@pytest.mark.parametrize("document", [EqualTuning(), EqualTuning(divisions=31), MeantoneTuning()])
def test_every_key_is_within_a_hundredth_of_a_cent(document: EqualTuning | MeantoneTuning) -> None:
    """408 bytes that mido takes as one message; each key decodes to its frequency; the checksum is the XOR of all."""
    hertz = keyboard_hz(Tuning("D", "chromatic", document))
    data = bulk_tuning_dump("mine", hertz)
    assert len(data) == 408 and mido.Message.from_bytes(data).type == "sysex"
    assert reduce(xor, data[1:-2]) & 0x7F == data[-2]
    triples = np.frombuffer(data[22:-2], dtype=np.uint8).reshape(128, 3).astype(float)
    note = triples[:, 0] + (triples[:, 1] * 128 + triples[:, 2]) / 16384
    told = triples.min(axis=1) < 127
    assert told.sum() > 100
    cents = 1200 * np.log2(440.0 * 2 ** ((note[told] - 69) / 12) / hertz[told])
    assert np.abs(cents).max() < 0.01


def test_silent_keys_are_left_as_they_are() -> None:
    """NaN and what lies beyond MIDI's range is 7F 7F 7F, the standard's sign for no change."""
    hertz = np.full(128, 440.0)
    hertz[[3, 4, 5]] = np.nan, 1.0, 20_000.0
    data = bulk_tuning_dump("holes", hertz)
    assert data[22 + 9 : 22 + 18] == b"\x7f" * 9 and data[22:25] == bytes([69, 0, 0])


def test_what_is_no_keyboard_is_refused() -> None:
    """Another number of keys, or a name that is not ASCII."""
    with pytest.raises(ValueError, match="128 keys"):
        bulk_tuning_dump("short", np.ones(12))
    with pytest.raises(ValueError, match="not ASCII"):
        bulk_tuning_dump("Töne", np.full(128, 440.0))
