"""Entries of a legend: one number that is heard as one thing, for programs and in the same words for people."""

from typing import Final

import numpy as np

from harmonic_audio.mapping.motion import Floats
from harmonic_audio.tuning import name_of
from harmonic_contracts.score import LegendEntry

SOUND_UNITS: Final = {
    "pitch": "Hz",
    "frequency_hz": "Hz",
    "cutoff_hz": "Hz",
    "vibrato_rate_hz": "Hz",
    "tremolo_rate_hz": "Hz",
    "repeat_rate_hz": "Hz",
    "detune": "cents",
    "detune_cents": "cents",
    "vibrato_depth_cents": "cents",
    "azimuth_deg": "deg",
    "elevation_deg": "deg",
    "distance_m": "m",
    "onset": "s",
    "duration": "s",
    "duration_s": "s",
    "attack_s": "s",
    "decay_s": "s",
    "release_s": "s",
    "gain_db": "dB",
    "tempo": "bpm",
}
"""Unit of each channel that has one; the others are shares from 0 to 1, or -1 to 1."""
PITCHED: Final = {"pitch", "frequency_hz"}
Ends = tuple[float, float]


def entry(
    rule: str,
    channel: str,
    source: str,
    *,
    data: Ends | None = None,
    data_unit: str = "",
    sound: Ends | None = None,
    sound_unit: str | None = None,
    transform: str = "linear",
    error: float | None = None,
    error_unit: str = "cents",
    left_out: int | None = None,
    reference_hz: float = 440.0,
    text: str | None = None,
) -> LegendEntry:
    """What a rule's channel makes of its source.

    ``data`` are the limits that the ``sound`` range is spanned over, the first end the first's; a polarity turned
    round shows as a sound that falls. ``error`` is the greatest distance that quantising moved a value by, in
    ``error_unit``; 0 is told as none. Without ``text`` the plain words are made from the numbers.
    """
    unit = SOUND_UNITS.get(channel, "") if sound_unit is None else sound_unit
    moved = error if error else None
    made = LegendEntry(
        rule=rule,
        channel=channel,
        source=source,
        data_unit=data_unit,
        data_low=None if data is None else float(data[0]),
        data_high=None if data is None else float(data[1]),
        sound_unit=unit,
        sound_low=None if sound is None else float(sound[0]),
        sound_high=None if sound is None else float(sound[1]),
        transform=transform,
        error=None if moved is None else float(moved),
        error_unit="" if moved is None else error_unit,
        left_out=left_out,
        text="",
    )
    return made.model_copy(update={"text": text or in_words(made, reference_hz)})


def in_words(made: LegendEntry, reference_hz: float = 440.0) -> str:
    """The entry as a sentence."""
    words = f"{made.rule}: {made.source}{_range(made.data_low, made.data_high, made.data_unit)}"
    words += f" is heard as {_named(made.channel)}"
    if made.channel in PITCHED and made.sound_low is not None and made.sound_high is not None:
        words += _pitches(made.sound_low, made.sound_high, reference_hz)
    else:
        words += _range(made.sound_low, made.sound_high, made.sound_unit)
    if made.transform != "linear":
        words += f" ({made.transform})"
    if made.error is not None:
        words += f", moved by at most {made.error:.3g} {made.error_unit}"
    return words if made.left_out is None else f"{words}; {made.left_out} left out"


def _named(channel: str) -> str:
    """The channel without its unit, which stands beside the numbers."""
    for unit in ("_hz", "_cents", "_deg", "_db", "_s", "_m"):
        channel = channel.removesuffix(unit)
    return channel.replace("_", " ")


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return ""
    ends = f" {low:.4g}" if low == high else f" from {low:.4g} to {high:.4g}"
    return ends if unit in ("", "1") else f"{ends} {unit}"


def _pitches(low: float, high: float, reference_hz: float) -> str:
    ends = [f"{name_of(hz, reference_hz)} ({hz:.1f} Hz)" for hz in (low, high)]
    return f" {ends[0]}" if low == high else f" from {ends[0]} to {ends[1]}"


def cents_moved(exact: Floats, heard: Floats) -> float:
    """The greatest interval in cents between two arrays of frequencies in hertz, same shape; 0 for empty ones."""
    if not np.size(exact):
        return 0.0
    return float(np.max(np.abs(1200.0 * np.log2(np.asarray(heard) / np.asarray(exact)))))
