"""TRAPPIST-1 by its default soundscape: the chain of resonances, at its exact times."""

import importlib
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_contracts.score import Note, Score

PERIODS_D = {
    "b": 1.510826,
    "c": 2.421937,
    "d": 4.049219,
    "e": 6.101013,
    "f": 9.207540,
    "g": 12.352446,
    "h": 18.772866,
}


@pytest.fixture
def score(chain: Motion) -> Score:
    return map_to_score(default_soundscape("orbits", "trappist-1", "TRAPPIST-1"), chain)


def _notes_of(score: Score) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = defaultdict(list)
    for note in score.notes:
        found[score.voices[note.voice].name].append(note)
    return found


def test_every_transit_is_one_note_at_its_exact_time(score: Score, chain: Motion) -> None:
    """Each planet has a note for each transit, at time / span * length, to the last bit of a microsecond."""
    notes = _notes_of(score)
    for body in range(1, 8):
        name = chain.body_name(body)
        times = chain.events.time[chain.events.body_a == body]
        onsets = [note.onset_s for note in notes[name]]
        np.testing.assert_allclose(onsets, times / 340.0 * 60.0, rtol=0, atol=1e-9)


def test_rates_heard_are_those_of_the_published_periods(score: Score) -> None:
    """Rate = (n - 1) / (last - first) of the notes; ratios of neighbours within 0.2 % of those of the periods."""
    notes = _notes_of(score)
    rates = {n: (len(notes[n]) - 1) / (notes[n][-1].onset_s - notes[n][0].onset_s) for n in PERIODS_D}
    names = list(PERIODS_D)
    for fast, slow in pairwise(names):
        assert rates[fast] / rates[slow] == pytest.approx(PERIODS_D[slow] / PERIODS_D[fast], rel=0.002)


def test_neighbours_are_heard_as_the_pure_intervals_of_the_chain(score: Score) -> None:
    """b:c 8/5, c:d 5/3, d:e 3/2, e:f 3/2, f:g 4/3, g:h 3/2, and h is the tonic."""
    notes = _notes_of(score)
    pitch = {name: {note.frequency_hz for note in notes[name]} for name in PERIODS_D}
    assert all(len(found) == 1 for found in pitch.values())
    hz = [found.pop() for found in pitch.values()]
    ratios = [str(Fraction(a / b).limit_denominator(16)) for a, b in pairwise(hz)]
    assert ratios == ["8/5", "5/3", "3/2", "3/2", "4/3", "3/2"]
    assert hz[-1] == pytest.approx(score.key_map[0].tonic_hz / 2)


def test_inner_planets_are_short_and_soft_and_outer_ones_long_and_loud(score: Score) -> None:
    """From b to h, the notes grow longer, and the loudest of each louder."""
    notes = _notes_of(score)
    durations = [notes[name][0].duration_s for name in PERIODS_D]
    loudest = [max(note.loudness for note in notes[name]) for name in PERIODS_D]
    assert durations == sorted(durations) and durations[0] < 0.7 < 4.0 < durations[-1]
    assert loudest[0] < loudest[-1]


def test_the_legend_tells_rates_and_intervals(score: Score) -> None:
    """The legend names each planet's pitch and each interval of the chain in words."""
    text = "\n".join(score.legend)
    assert "340 days in 60 s" in text
    assert "h: tubular_bell at C3" in text
    assert "rates of b to c: 1.60" in text and "heard as 8/5" in text


def test_the_same_motion_gives_the_same_score_to_the_byte(chain: Motion) -> None:
    """Mapping twice, in another import of the code, gives equal JSON."""
    document = default_soundscape("orbits", "trappist-1")
    first = map_to_score(document, chain).model_dump_json()
    again = importlib.import_module("harmonic_audio.mapping").map_to_score(document, chain).model_dump_json()
    assert first == again


def test_without_snapping_the_exact_ratios_are_kept(chain: Motion) -> None:
    """With snap_cents 0, frequencies are proportional to the rates to 1e-12."""
    document = default_soundscape("orbits", "trappist-1")
    planets = document.events[1]
    exact = planets.model_copy(update={"pitch": planets.pitch.model_copy(update={"snap_cents": 0.0})})
    notes = _notes_of(map_to_score(document.model_copy(update={"events": [exact]}), chain))
    hz = {name: notes[name][0].frequency_hz for name in PERIODS_D}
    for name, body in zip(PERIODS_D, range(1, 8), strict=True):
        times = chain.events.time[chain.events.body_a == body]
        slow = chain.events.time[chain.events.body_a == 7]
        ratio = ((len(times) - 1) / (times[-1] - times[0])) / ((len(slow) - 1) / (slow[-1] - slow[0]))
        assert hz[name] / hz["h"] == pytest.approx(ratio, rel=1e-12)
