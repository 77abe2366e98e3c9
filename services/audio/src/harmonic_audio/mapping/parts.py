"""What the rules have made so far: voices, notes, curves, legend; and the further channels of their notes."""

from dataclasses import dataclass, field

import numpy as np
from pydantic import JsonValue

from harmonic_audio.mapping.entries import entry
from harmonic_audio.mapping.motion import Floats, Motion
from harmonic_audio.mapping.notes import NoteColumns
from harmonic_audio.mapping.selection import Rows, Source, followed, scaled_data
from harmonic_audio.mapping.sources import name_of_source, unit_of
from harmonic_audio.mapping.values import limits_of
from harmonic_audio.soundscape.channels import BOUNDS, Channels, Taps
from harmonic_audio.soundscape.scaling import Observed, Scaling, ValueRule
from harmonic_contracts.score import ControlCurve, LegendEntry, Voice


@dataclass
class Parts:
    """What the rules have made so far."""

    voices: list[Voice] = field(default_factory=list)
    notes: list[NoteColumns] = field(default_factory=list)
    curves: list[ControlCurve] = field(default_factory=list)
    legend: list[LegendEntry] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    """Names of the rules that made notes; `NoteColumns.rule` counts them."""
    bodies: dict[int, int] = field(default_factory=dict)
    """Of each voice that belongs to one body, that body."""
    made_by: dict[int, str] = field(default_factory=dict)
    """Of each voice, the name of its rule."""

    def add_voice(
        self,
        name: str,
        instrument: str,
        gain_db: float,
        rule: str = "",
        body: int | None = None,
        patch: dict[str, JsonValue] | None = None,
    ) -> int:
        """The index of a new voice; a name in use already gets the instrument's added."""
        taken = {voice.name for voice in self.voices}
        unique = name if name not in taken else f"{name} ({instrument})"
        self.voices.append(Voice(name=unique, instrument=instrument, gain_db=gain_db, patch=patch or None))
        index = len(self.voices) - 1
        self.made_by[index] = rule or name
        if body is not None:
            self.bodies[index] = body
        return index

    def number_of(self, rule: str) -> int:
        """The number by which notes name their rule."""
        if rule not in self.rules:
            self.rules.append(rule)
        return self.rules.index(rule)


def channel_columns(channels: Channels, rows: Rows) -> dict[str, Floats]:
    """Each channel that is said, for every row, within its bounds."""
    said = {name: getattr(channels, name) for name in Channels.model_fields}
    return {name: np.clip(followed(value, rows), *BOUNDS[name]) for name, value in said.items() if value is not None}


def tapped(taps: Taps | None, notes: NoteColumns, rows: Rows, end_s: float) -> NoteColumns:
    """The notes with their strokes; row for row those of ``rows``."""
    if taps is None:
        return notes
    count = np.clip(np.rint(followed(taps.count, rows)), 1, 64).astype(np.int64)
    rate = np.clip(followed(taps.rate_hz, rows), 0.01, 100.0)
    return notes.tapped(count, rate, taps.fade, end_s)


def source_name(source: Source, kinds: str) -> str:
    """How the legend names a rule's source."""
    return name_of_source(source) if isinstance(source, Observed) else f"{kinds}.{source}"


def source_unit(source: Source, motion: Motion) -> str:
    """Unit of a source; empty where it has none, or where it is the system's own (strength)."""
    if isinstance(source, Observed):
        return unit_of(source, motion)
    header = motion.header
    if source.startswith("position_") or source == "body_radius":
        return header.length_unit
    return {"time": header.time_unit, "body_rate": f"1/{header.time_unit}", "gap": "s"}.get(source, "")


def channel_entries(
    rule: str, kinds: str, channels: dict[str, float | ValueRule | None], rows: Rows, motion: Motion
) -> list[LegendEntry]:
    """The legend of each channel that follows data."""
    return [
        rule_entry(rule, channel, kinds, value, value.source, (value.low, value.high), rows, motion)
        for channel, value in channels.items()
        if isinstance(value, ValueRule)
    ]


def rule_entry(
    rule: str,
    channel: str,
    kinds: str,
    scaling: Scaling,
    source: Source,
    ends: tuple[float, float],
    rows: Rows,
    motion: Motion,
) -> LegendEntry:
    """The legend of a scaled channel: its limits in the data's unit, and what is heard there."""
    data, _, whole = scaled_data(scaling, source, rows)
    known = data if whole is None else whole
    known = known[np.isfinite(known)]
    limits = (0.0, scaling.period) if scaling.period is not None else None
    if limits is None and known.size:
        limits = limits_of(known, scaling.limits)
    sound = ends if scaling.polarity == "up" else (ends[1], ends[0])
    how = scaling.transform if scaling.stretch == "linear" else f"{scaling.transform}, {scaling.stretch} stretch"
    how = how if scaling.within != "series" else f"{how}, each body by itself"
    name, unit = source_name(source, kinds), source_unit(source, motion)
    return entry(rule, channel, name, data=limits, data_unit=unit, sound=sound, transform=how)
