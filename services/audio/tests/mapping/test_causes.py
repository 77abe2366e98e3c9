"""The table of notes: every note, to the sample, with what in the universe it tells."""

import csv
import io

import numpy as np

from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_contracts.note_table import COLUMNS, csv_lines, rows


def test_every_collision_stands_in_the_table_with_its_own_time(colliding: Motion) -> None:
    """Each row's onset is its cause's time under the clock, to the sample; bodies are those of that very event."""
    document = default_soundscape("particles")
    table = rows(map_to_score(document, colliding))
    span = float(colliding.time[-1])
    events = colliding.events
    assert len(table) > 100
    for row in table:
        assert row.universe_time is not None
        assert row.onset_sample == round(row.universe_time / span * document.length_s * 48_000)
        place = int(np.searchsorted(events.time, row.universe_time))
        assert row.bodies[0] == colliding.body_name(int(events.body_a[place]))
        assert row.cause == ("collision", "wall")[int(events.kind[place])] and row.universe_time_unit == "s"


def test_the_csv_holds_every_number_to_the_last_bit(chain: Motion) -> None:
    """Read back by Python's own reader: as many rows as notes, equal onsets, pitches and lengths; CRLF line ends."""
    score = map_to_score(default_soundscape("orbits", "trappist-1"), chain)
    text = "".join(csv_lines(rows(score)))
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(table[0]) == COLUMNS and text.count("\r\n") == len(score.notes) + 1
    for name in ("onset_s", "duration_s", "frequency_hz", "loudness"):
        assert [float(row[name]) for row in table] == [getattr(note, name) for note in score.notes]


def test_marks_are_told_from_data(chain: Motion) -> None:
    """A tick's cause is `mark:tick`, so that a program can leave it out."""
    document = default_soundscape("orbits", "trappist-1")
    document = Soundscape.model_validate({**document.model_dump(), "marks": {"ticks": [{}]}})
    kinds = {row.cause for row in rows(map_to_score(document, chain))}
    assert kinds == {"transit", "mark:tick"}
