"""Tunings as documents: their intervals against the closed forms, and what is refused."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from harmonic_audio.soundscape import Key
from harmonic_audio.tuning import SCALES, Tuning, nearest_of
from harmonic_audio.tuning.documents import (
    EqualTuning,
    JustTuning,
    MeantoneTuning,
    PythagoreanTuning,
    ScalaTuning,
)

LAMBDA = (0, 2, 3, 4, 6, 7, 9, 10, 12)


def _cents(ratio: float) -> float:
    return 1200.0 * math.log2(ratio)


def test_the_plain_names_stay_valid() -> None:
    """`equal` and `just` mean what their documents mean."""
    for name, document in (("equal", EqualTuning()), ("just", JustTuning())):
        plain, full = Key.model_validate({"tuning": name}).tuned(), Key(tuning=document).tuned()
        assert [plain.degree_hz(d) for d in range(-9, 9)] == [full.degree_hz(d) for d in range(-9, 9)]


@pytest.mark.parametrize("divisions", [5, 7, 12, 17, 19, 22, 31, 41, 53, 72])
def test_equal_steps_divide_the_octave(divisions: int) -> None:
    """Each step of an equal temperament is 1200 / n cents, and n of them are an octave."""
    tuning = Tuning("A", "chromatic", EqualTuning(divisions=divisions))
    for degree in range(-divisions, 2 * divisions):
        assert tuning.degree_hz(degree) == pytest.approx(440.0 * 2.0 ** (degree / divisions), rel=1e-12)


def test_bohlen_pierce_divides_the_twelfth() -> None:
    """Thirteen equal steps of 3:1; the Lambda scale has nine of them; the ladder knows no octave."""
    whole = Tuning("A", "major", EqualTuning(divisions=13, period="3/1"))
    assert whole.degree_hz(13) == pytest.approx(1320.0, rel=1e-12)
    chosen = Tuning("A", "major", EqualTuning(divisions=13, period="3/1", steps=LAMBDA))
    assert [round(13 * math.log(r, 3)) for r in chosen.degrees] == list(LAMBDA)
    assert chosen.degree_hz(9) == pytest.approx(1320.0, rel=1e-12)


def test_pythagorean_has_pure_fifths_and_wide_thirds() -> None:
    """3/2 and 81/64; a chain of five flats has its last fifth short by the comma of 23.46 cents."""
    tuning = Tuning("C", "chromatic", PythagoreanTuning())
    assert tuning.ratio(7) == pytest.approx(3 / 2, rel=1e-12)
    assert tuning.ratio(4) == pytest.approx(81 / 64, rel=1e-12)
    fifths = [_cents(tuning.ratio(s + 7) / tuning.ratio(s)) for s in range(12)]
    assert sum(abs(f - 701.955) < 1e-3 for f in fifths) == 11
    assert min(fifths) == pytest.approx(701.9550 - 23.4600, abs=1e-3)


def test_quarter_comma_meantone_has_pure_thirds() -> None:
    """5/4 exactly, a fifth of 696.578 cents, and one wolf of 737.637."""
    tuning = Tuning("C", "chromatic", MeantoneTuning())
    assert tuning.ratio(4) == pytest.approx(5 / 4, rel=1e-12)
    fifths = [_cents(tuning.ratio(s + 7) / tuning.ratio(s)) for s in range(12)]
    assert sum(abs(f - 696.5784) < 1e-3 for f in fifths) == 11
    assert max(fifths) == pytest.approx(737.6373, abs=1e-3)


def test_seven_limit_has_the_harmonic_seventh() -> None:
    """7/4 for the minor seventh and 7/5 for the tritone."""
    tuning = Tuning("G", "chromatic", JustTuning(limit=7))
    assert (tuning.ratio(10), tuning.ratio(6)) == (7 / 4, 7 / 5)


def test_a_scale_takes_the_nearest_steps_of_a_finer_tuning() -> None:
    """A major scale in 31 equal steps: each degree within half a step of its semitones."""
    tuning = Tuning("D", "major", EqualTuning(divisions=31))
    wanted = SCALES["major"].semitones
    assert len(tuning.degrees) == 7
    for ratio, semitones in zip(tuning.degrees, wanted, strict=True):
        assert abs(_cents(ratio) - 100 * semitones) <= 600 / 31 + 1e-9


def test_a_mapping_decides_pitch_and_degrees() -> None:
    """A kbm's reference pitch is heard, and its silent keys are no degrees."""
    kbm = "3\n0\n127\n60\n60\n256.0\n5\n0\nx\n2\n"
    scl = "d\n5\n200.0\n400.0\n700.0\n900.0\n2/1\n"
    tuning = Tuning("C", "chromatic", ScalaTuning(scl=scl, kbm=kbm))
    assert tuning.degree_hz(0) == pytest.approx(256.0)
    assert [round(_cents(r)) for r in tuning.degrees] == [0, 400]


def test_nothing_is_quantised_further_than_half_the_widest_gap() -> None:
    """In every tuning a frequency moves by at most half the widest step of the scale."""
    wanted = np.geomspace(30.0, 12_000.0, 400)
    for document in (EqualTuning(divisions=19), EqualTuning(divisions=13, period="3/1"), MeantoneTuning()):
        tuning = Tuning("E", "dorian", document)
        gap = float(np.max(np.diff(np.log2(tuning.rungs)))) * 1200.0
        moved = 1200.0 * np.abs(np.log2(tuning.nearest(wanted) / wanted))
        assert moved.max() <= gap / 2 + 1e-6


def test_a_ladder_of_one_pitch_takes_everything() -> None:
    """Quantising to a single pitch gives that pitch."""
    assert nearest_of(np.array([100.0]), np.array([50.0, 900.0])).tolist() == [100.0, 100.0]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"kind": "equal", "divisions": 0}, "greater than or equal to 1"),
        ({"kind": "equal", "period": "1/1"}, "between 1 and 12000"),
        ({"kind": "equal", "period": "octave"}, "is no note"),
        ({"kind": "equal", "divisions": 1200, "period": "50.0"}, "0.1 cent or more"),
        ({"kind": "equal", "divisions": 12, "steps": [0, 12]}, "are below 12"),
        ({"kind": "equal", "steps": [0, 4, 2]}, "ascend"),
        ({"kind": "scala", "scl": "d\n2\n3/2\n"}, "scl: line 4"),
        ({"kind": "scala", "scl": "d\n2\n3/2\n2/1\n", "kbm": "1\n"}, "kbm: line 2"),
        ({"kind": "welltempered"}, "welltempered"),
    ],
)
def test_what_cannot_be_tuned_is_refused(document: dict[str, object], reason: str) -> None:
    """Every refusal of a tuning document tells what to change."""
    with pytest.raises(ValidationError, match=reason):
        Key.model_validate({"tuning": document})
