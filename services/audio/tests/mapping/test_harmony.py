"""Harmony in a soundscape: which notes its voices play, when, and why."""

import numpy as np
import pytest
from pydantic import ValidationError

from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.mapping.chords import timeline
from harmonic_audio.soundscape import Soundscape
from harmonic_contracts.score import Note, Score

POP = [{"roman": r, "bars": 1} for r in ("I", "V6", "vi7", "IV")]


def _document(**fields: object) -> Soundscape:
    base = {"length_s": 16.0, "tempo_bpm": 120.0, "progression": POP, "density": {"notes_per_s": 200}}
    return Soundscape.model_validate({**base, **fields})


def _notes(score: Score, voice: str) -> list[Note]:
    number = [v.name for v in score.voices].index(voice)
    return [note for note in score.notes if note.voice == number]


def _key(note: Note) -> int:
    return round(69 + 12 * np.log2(note.frequency_hz / 440.0))


def test_a_progression_in_bars_repeats_to_the_end() -> None:
    """Four bars of two seconds, twice in sixteen seconds, and the chord of each time is that of its bar."""
    chords = timeline(_document())
    assert chords.starts_s.tolist() == [2.0 * bar for bar in range(8)]
    assert [chords.chords[n].name for n in chords.at(np.array([0.0, 2.0, 5.9, 7.0, 8.0]))] == [
        "I",
        "V6",
        "vi7",
        "IV",
        "I",
    ]


def test_quantising_to_chords_follows_the_progression() -> None:
    """A4 under a chord of C goes to the G below it; under A minor it stays; under G a C goes to the B."""
    chords = timeline(_document())
    moved = chords.quantised(np.array([440.0, 440.0, 523.25]), np.array([1.0, 5.0, 3.0]))
    assert [round(69 + 12 * np.log2(hz / 440.0)) for hz in moved] == [67, 69, 71]


def test_harmony_plays_without_the_universe(chain: Motion) -> None:
    """A drone, a bass, a pad and an arpeggio play the chords in their rhythm, and say that harmony made them."""
    document = _document(
        harmony=[
            {"kind": "drone", "name": "ground", "octave": 2, "degrees": [0, 4]},
            {"kind": "bass", "name": "bass", "beats": 2, "figure": ["bass", "fifth"], "legato": 1.0},
            {"kind": "pad", "name": "chords", "voices": 3},
            {"kind": "arpeggio", "name": "figure", "instrument": "harp", "beats": 0.5, "order": "up_down"},
        ]
    )
    score = map_to_score(document, chain)
    assert {note.cause.kind for note in score.notes if note.cause} == {"harmony"}
    drone = _notes(score, "ground")
    assert [(n.onset_s, n.duration_s, _key(n)) for n in drone] == [(0.0, 16.0, 36), (0.0, 16.0, 43)]
    bass = _notes(score, "bass")
    assert [n.onset_s for n in bass] == [float(n) for n in range(16)]
    assert [_key(n) for n in bass[:6]] == [36, 43, 47, 38, 45, 40]
    assert len(_notes(score, "chords")) == 3 * 8 and len(_notes(score, "figure")) == 64
    assert any(entry.rule == "figure" for entry in score.legend_entries)


def test_every_pad_note_belongs_to_its_chord(chain: Motion) -> None:
    """In every bar the pad's pitch classes are those of the bar's chord."""
    score = map_to_score(_document(harmony=[{"kind": "pad", "name": "chords", "voices": 4}]), chain)
    wanted = [{0, 4, 7}, {7, 11, 2}, {9, 0, 4, 7}, {5, 9, 0}]
    for bar in range(8):
        found = {_key(n) % 12 for n in _notes(score, "chords") if n.onset_s == 2.0 * bar}
        assert found == wanted[bar % 4]


def test_the_same_document_gives_the_same_notes(chain: Motion) -> None:
    """A random arpeggio is its seed's alone."""
    rule = {"kind": "arpeggio", "name": "figure", "instrument": "harp", "order": "random", "seed": 7}
    first, again = (map_to_score(_document(harmony=[rule]), chain) for _ in range(2))
    assert first.model_dump_json() == again.model_dump_json()
    other = map_to_score(_document(harmony=[{**rule, "seed": 8}]), chain)
    assert [n.frequency_hz for n in other.notes] != [n.frequency_hz for n in first.notes]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"progression": [{"symbol": "Hm7"}]}, "does not begin with a root"),
        ({"progression": [{"roman": "VIII"}]}, "numeral"),
        ({"progression": [{"symbol": "C", "degree": 3}]}, "one of degree, symbol and roman"),
        ({"progression": [{"bars": 1}, {"degree": 2, "at": 0.5}]}, "all have one"),
        ({"progression": [{"at": 0.0}, {"at": 0.5, "bars": 2}]}, "not both"),
        ({"harmony": [{"kind": "bass", "name": "b", "instrument": "kazoo"}]}, "no instrument 'kazoo'"),
        ({"harmony": [{"kind": "pad", "name": "p"}, {"kind": "bass", "name": "p"}]}, "name of its own"),
        ({"harmony": [{"kind": "pad", "name": "p", "low_hz": 200, "high_hz": 210}]}, "between 1.5 and 8"),
    ],
)
def test_harmony_that_cannot_be_played_is_refused(fields: dict[str, object], reason: str) -> None:
    """Every refusal names what to change."""
    with pytest.raises(ValidationError, match=reason):
        _document(**fields)
