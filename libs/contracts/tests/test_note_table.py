"""The table of notes: what stands in a row, and that the file holds it as it is."""

import csv
import io

import pytest

from harmonic_contracts.note_table import COLUMNS, NoteRow, csv_lines, numbered, rows
from harmonic_contracts.score import Cause, KeyMark, Note, Score, TempoMark, Voice


def of(*frequencies_hz: float, voice: str = "v", cause: Cause | None = None) -> Score:
    """A score of a note every 1.25 s."""
    return Score(
        title="x",
        duration_s=100.0,
        voices=[Voice(name=voice, instrument="sine")],
        notes=[
            Note(onset_s=1.25 * i, duration_s=0.5, frequency_hz=hz, loudness=0.3, voice=0, cause=cause)
            for i, hz in enumerate(frequencies_hz)
        ],
        tempo_map=[TempoMark(time_s=0.0, bpm=60.0)],
        key_map=[KeyMark(time_s=0.0, tonic="A", scale="minor", tonic_hz=440.0)],
        time_unit="yr",
    )


@pytest.mark.parametrize(
    ("hertz", "name", "cents"),
    [
        (440.0, "A4", 0.0),
        (261.6255653005986, "C4", 0.0),
        (450.0, "A4", 38.9057),
        (27.5, "A0", 0.0),
        (466.0, "Bb4", -0.6),
    ],
)
def test_a_row_names_the_nearest_pitch(hertz: float, name: str, cents: float) -> None:
    """Scientific pitch notation, and the deviation in cents with its sign, to a millionth."""
    (row,) = rows(of(hertz))
    assert row.note == name and row.cents == pytest.approx(cents, abs=0.01)
    assert row.cents == round(row.cents, 6) and str(row.cents) != "-0.0"


def test_a_row_tells_where_when_and_why() -> None:
    """Number, sample, voice, and the cause with its bodies and its time in the universe's own unit."""
    cause = Cause(kind="collision", bodies=["a", "b"], time=7.0)
    _, row = rows(of(440.0, 430.0, cause=cause))
    assert (row.number, row.onset_s, row.onset_sample) == (2, 1.25, 60_000)
    assert (row.voice, row.instrument, row.cause, row.bodies) == ("v", "sine", "collision", ["a", "b"])
    assert (row.universe_time, row.universe_time_unit) == (7.0, "yr")


def test_a_note_without_cause_leaves_its_cells_empty() -> None:
    """No kind, no bodies, no time and no unit: an empty cell, not a word for nothing."""
    (row,) = csv.DictReader(io.StringIO("".join(csv_lines(rows(of(440.0))))))
    assert (row["cause"], row["bodies"], row["universe_time"], row["universe_time_unit"]) == ("", "", "", "")


def test_the_csv_reads_back_as_the_same_doubles() -> None:
    """By Python's own reader: every column, in order, every number to the last bit; CRLF line ends (RFC 4180)."""
    score = of(0.1 + 0.2 + 439.7, 2.0**0.5 * 300.0)
    text = "".join(csv_lines(rows(score)))
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(table[0]) == COLUMNS == tuple(NoteRow.model_fields)
    assert text.count("\r\n") == len(score.notes) + 1
    assert [float(row["frequency_hz"]) for row in table] == [note.frequency_hz for note in score.notes]


def test_no_text_becomes_a_formula() -> None:
    """What a spreadsheet would compute is led by an apostrophe; numbers below zero stay numbers."""
    score = of(430.0, voice="@sum", cause=Cause(kind="=1+1", bodies=["a", "b"], time=7.0))
    (row,) = csv.DictReader(io.StringIO("".join(csv_lines(rows(score)))))
    assert row["cause"] == "'=1+1" and row["voice"] == "'@sum" and float(row["cents"]) < 0.0
    assert row["bodies"] == "a;b"


def test_a_page_of_rows_is_that_stretch_of_the_table() -> None:
    """From a number on, so many; beyond the end nothing; numbered by the score, not by the page."""
    score = of(*(220.0 + i for i in range(20)))
    whole = rows(score)
    assert rows(score, 11, 5) == whole[10:15]
    assert numbered(score, score.notes[3:5], 4) == whole[3:5]
    assert rows(score, len(whole) + 1, 5) == []
