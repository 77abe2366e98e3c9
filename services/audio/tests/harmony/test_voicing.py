"""Voices move as little as they can: against trying everything."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonic_audio.harmony import Chord, chord_of_symbol, pitches_of, voiced
from harmonic_audio.harmony.patterns import arpeggio
from harmonic_audio.tuning import Tuning

KEY = Tuning("C", "major")
SYMBOLS = ["C", "Am7", "D9", "F#m7b5", "Csus4", "Bbmaj7", "E7", "Fm6", "Gdim7", "Ab"]
RANGE = (150.0, 620.0)


def _tone(hertz: float, chord: Chord) -> int:
    place = [np.log2(hertz / KEY.tonic_hz(4) / tone) for tone in chord.tones]
    return int(np.argmin([abs(p - round(p)) for p in place]))


def _least(chord: Chord, before: np.ndarray) -> float:
    """The least total movement in octaves over every choice of pitches and every pairing of voices."""
    ladder = pitches_of(chord, KEY, *RANGE)
    choices = [np.array(c) for c in combinations(ladder.tolist(), len(before))]
    most = max(len({_tone(hz, chord) for hz in c}) for c in choices)
    full = [c for c in choices if len({_tone(hz, chord) for hz in c}) == most]
    return min(
        float(np.abs(np.log2(np.array(order) / before)).sum()) for c in full for order in permutations(c.tolist())
    )


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS), st.integers(2, 3))
def test_movement_is_the_least_possible(first: str, second: str, voices: int) -> None:
    """From any chord to any other no choice of pitches and no crossing of voices moves less."""
    before = voiced(chord_of_symbol(first, KEY), KEY, voices, *RANGE, None)
    chord = chord_of_symbol(second, KEY)
    after = voiced(chord, KEY, voices, *RANGE, before)
    assert float(np.abs(np.log2(after / before)).sum()) == pytest.approx(_least(chord, before), abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(SYMBOLS), min_size=2, max_size=6), st.integers(3, 6))
def test_every_tone_is_held_where_voices_suffice(symbols: list[str], voices: int) -> None:
    """Voices ascend within the range, and together hold every tone of the chord, or as many as there are voices."""
    before = None
    for symbol in symbols:
        chord = chord_of_symbol(symbol, KEY)
        before = voiced(chord, KEY, voices, *RANGE, before)
        assert (np.diff(before) > 0).all() and before[0] >= RANGE[0] * 0.999 and before[-1] <= RANGE[1] * 1.001
        assert len({_tone(hz, chord) for hz in before}) == min(voices, len(chord.tones))


def test_a_chord_that_stays_is_not_moved() -> None:
    """The same chord again keeps every voice."""
    chord = chord_of_symbol("Am7", KEY)
    before = voiced(chord, KEY, 4, *RANGE, None)
    assert voiced(chord, KEY, 4, *RANGE, before).tolist() == before.tolist()


@pytest.mark.parametrize(
    ("order", "wanted"),
    [("up", "01230123"), ("down", "32103210"), ("up_down", "01232101"), ("outside_in", "03120312")],
)
def test_patterns_go_as_they_are_called(order: str, wanted: str) -> None:
    """Four tones, eight strokes."""
    assert "".join(map(str, arpeggio(order, 4, 8).tolist())) == wanted


@given(st.integers(2, 20), st.integers(0, 60), st.integers(0, 2**31 - 1))
def test_a_random_order_never_repeats_a_tone_and_is_the_seed_s(tones: int, strokes: int, seed: int) -> None:
    """Random arpeggios move at every stroke, stay among the tones and come out the same again."""
    found = arpeggio("random", tones, strokes, seed)
    assert len(found) == strokes and (np.diff(found) != 0).all() and ((found >= 0) & (found < tones)).all()
    assert found.tolist() == arpeggio("random", tones, strokes, seed).tolist()
