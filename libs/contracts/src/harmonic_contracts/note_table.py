"""The table of a score's notes with their causes: every note, when, how high, and what in the universe it tells."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import Field

from harmonic_contracts.base import Contract
from harmonic_contracts.pitches import nearest_pitch
from harmonic_contracts.score import Note, Score

SAMPLE_RATE: Final = 48_000
CSV_MEDIA_TYPE: Final = "text/csv"
CENTS_DIGITS: Final = 6
"""Cents come of a logarithm, whose last bit is not the same on every machine; the frequency itself is exact."""


class NoteRow(Contract):
    """A note and why it is there."""

    number: int = Field(ge=1, description="Place in the score, from 1")
    onset_s: float = Field(description="Exact onset [s]")
    onset_sample: int = Field(description="The sample nearest to the onset, at 48 kHz, from 0")
    duration_s: float = Field(description="Length [s]")
    frequency_hz: float = Field(description="Pitch [Hz]")
    note: str = Field(description="Nearest equal-tempered pitch, A4 at 440 Hz")
    cents: float = Field(description="Deviation from it [cents]")
    loudness: float = Field(description="Linear amplitude [0..1]")
    voice: str = Field(description="Name of the voice")
    instrument: str = Field(description="Name of the instrument")
    cause: str = Field(description="Kind of event, `observable:<name>` or `mark:<kind>`; empty where there is none")
    bodies: list[str] = Field(description="Bodies that took part")
    universe_time: float | None = Field(description="When it was, in the universe's own time")
    universe_time_unit: str = Field(description="Its unit")


COLUMNS: Final = tuple(NoteRow.model_fields)


def rows(score: Score, first: int = 1, count: int | None = None) -> list[NoteRow]:
    """Rows of the notes from number ``first`` (1 is the score's first) on, at most ``count``; in order of onset."""
    begin = max(first, 1) - 1
    return numbered(score, score.notes[begin : None if count is None else begin + count], begin + 1)


def numbered(score: Score, notes: Iterable[Note], first: int) -> list[NoteRow]:
    """Rows of notes of a score, numbered from ``first``."""
    return [_row(score, number, note) for number, note in enumerate(notes, start=first)]


def _row(score: Score, number: int, note: Note) -> NoteRow:
    name, cents = nearest_pitch(note.frequency_hz)
    voice, cause = score.voices[note.voice], note.cause
    return NoteRow(
        number=number,
        onset_s=note.onset_s,
        onset_sample=round(note.onset_s * SAMPLE_RATE),
        duration_s=note.duration_s,
        frequency_hz=note.frequency_hz,
        note=name,
        cents=round(cents, CENTS_DIGITS) + 0.0,
        loudness=note.loudness,
        voice=voice.name,
        instrument=voice.instrument,
        cause=cause.kind if cause else "",
        bodies=cause.bodies if cause else [],
        universe_time=cause.time if cause else None,
        universe_time_unit=(score.time_unit or "") if cause else "",
    )


def csv_lines(table: Iterable[NoteRow]) -> Iterator[str]:
    """The table as CSV by RFC 4180: a head, then a line a note; bodies joined by `;`.

    Numbers read back as the same doubles. A text that a spreadsheet would take for a formula is led by an apostrophe.
    """
    yield _line(COLUMNS)
    for row in table:
        values = row.model_dump()
        values["bodies"] = ";".join(row.bodies)
        yield _line(["" if value is None else _harmless(value) for value in values.values()])


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _line(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()
