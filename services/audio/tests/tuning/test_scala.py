"""Scala files against the reference implementation `tuning_library`, and what is refused with line and reason."""

import math

import numpy as np
import pytest
import tuning_library
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harmonic_audio.tuning import Tuning, keyboard_hz
from harmonic_audio.tuning.documents import ScalaTuning
from harmonic_audio.tuning.keyboard import key_frequencies, parse_kbm
from harmonic_audio.tuning.scala import ScalaError, parse_scl


def _scl(notes: list[str]) -> str:
    return "\n".join(["! made for a test", "A scale", f" {len(notes)}", "!", *notes, ""])


def _kbm(size: int, middle: int, key: int, hertz: float, repeats: int, degrees: list[str]) -> str:
    head = [str(size), "0", "127", str(middle), str(key), f"{hertz:.6f}", str(repeats)]
    return "\n".join(["! made for a test", *head, "! the pattern", *degrees, ""])


def _steps(count: int, period: float = 1200.0) -> list[str]:
    return [f" {period * step / count:.9f}" for step in range(1, count + 1)]


SCALES = {
    "twelve": _scl(_steps(12)),
    "nineteen": _scl(_steps(19)),
    "quarter tones": _scl(_steps(24)),
    "bohlen-pierce": _scl([*_steps(13, 1901.955000865)[:-1], "3/1"]),
    "five-limit": _scl(["16/15", "9/8", "6/5", "5/4", "4/3", "45/32", "3/2", "8/5", "5/3", "9/5", "15/8", "2/1"]),
    "seven notes": _scl(["9/8", "5/4 a pure third", "4/3", "3/2", "5/3", "15/8", "2"]),
    "harmonics": _scl([f"{n}/8" for n in range(9, 17)]),
    "stretched": _scl(["231.5", "480.25", "717.", "955.75", "1206.3"]),
    "out of order": _scl(["700.0", "100.0", "5/4", "-50.0", "2/1"]),
    "one step": _scl(["78.0"]),
}
MAPPINGS = {
    "none": None,
    "linear from 60": _kbm(0, 60, 69, 440.0, 0, []),
    "linear from 48 at 432": _kbm(0, 48, 57, 216.0, 0, []),
    "a low reference": _kbm(0, 60, 21, 27.5, 0, []),
    "a key of its own": _kbm(1, 62, 62, 300.0, 1, ["0"]),
}
WITH_SEVEN = {
    "white keys": _kbm(12, 60, 69, 440.0, 7, ["0", "x", "1", "x", "2", "3", "x", "4", "x", "5", "x", "6"]),
    "every key a degree": _kbm(7, 60, 60, 261.625565, 7, ["0", "1", "2", "3", "4", "5", "6"]),
    "backwards": _kbm(7, 60, 62, 261.625565, 7, ["6", "5", "4", "3", "2", "1", "0"]),
    "a gap": _kbm(3, 64, 64, 330.0, 0, ["0", "x", "2"]),
}
PAIRS = [(s, m) for s in SCALES for m in MAPPINGS] + [("seven notes", m) for m in WITH_SEVEN]
BOTH = {**MAPPINGS, **WITH_SEVEN}


def _reference(scl: str, kbm: str | None) -> np.ndarray:
    scale = tuning_library.parse_scl_data(scl)
    tuned = (
        tuning_library.Tuning(scale)
        if kbm is None
        else tuning_library.Tuning(scale, tuning_library.parse_kbm_data(kbm))
    )
    keys = [tuned.frequency_for_midi_note(k) if tuned.is_midi_note_mapped(k) else math.nan for k in range(128)]
    return np.array(keys)


def _ours(scl: str, kbm: str | None) -> np.ndarray:
    return key_frequencies(parse_scl(scl), None if kbm is None else parse_kbm(kbm))


@pytest.mark.parametrize(("scale", "mapping"), PAIRS)
def test_all_keys_agree_with_the_reference(scale: str, mapping: str) -> None:
    """54 pairs of scale and mapping: all 128 keys within 1e-9 of tuning_library, the same keys silent."""
    wanted = _reference(SCALES[scale], BOTH[mapping])
    np.testing.assert_allclose(_ours(SCALES[scale], BOTH[mapping]), wanted, rtol=1e-9)


ratios = st.builds(lambda p, q: f"{p}/{q}", st.integers(1, 10_000), st.integers(1, 10_000))
cents = st.integers(-2_400_000, 4_800_000).map(lambda n: f"{n / 1000:.3f}")
periods = st.integers(600_000, 2_400_000).map(lambda n: f"{n / 1000:.3f}")


@settings(max_examples=60, deadline=None)
@given(st.lists(ratios | cents, max_size=30), periods, st.data())
def test_generated_files_agree_with_the_reference(notes: list[str], period: str, data: st.DataObject) -> None:
    """Any scale, linear or under a pattern of its degrees with the reference inside it: 1e-9 of tuning_library."""
    scl = _scl([*notes, period])
    count = len(notes) + 1
    kind = data.draw(st.sampled_from(["none", "linear", "pattern"]))
    key, middle = data.draw(st.integers(0, 127)), data.draw(st.integers(0, 127))
    hertz = data.draw(st.integers(1_000, 2_000_000)) / 1000.0
    kbm = None if kind == "none" else _kbm(0, middle, key, hertz, 0, [])
    if kind == "pattern":
        degrees = data.draw(st.lists(st.none() | st.integers(0, count - 1), min_size=1, max_size=24))
        # Beyond the first pattern the reference library sets its reference key apart from all others.
        key = min(127, middle + (key - middle) % len(degrees))
        assume(degrees[key - middle] is not None)
        kbm = _kbm(len(degrees), middle, key, hertz, count, ["x" if d is None else str(d) for d in degrees])
    wanted = _reference(scl, kbm)
    usable = np.isnan(wanted) | ((wanted > 1e-200) & (wanted < 1e200))
    np.testing.assert_allclose(np.where(usable, _ours(scl, kbm), 0.0), np.where(usable, wanted, 0.0), rtol=1e-9)


GOOD = ["! name", "a scale", "3", "5/4", "3/2", "2/1"]
BAD_SCL = {
    "nothing": ([], 1, "ends before the description"),
    "comments alone": (["! one", "! two"], 2, "ends before the description"),
    "no count": (["a scale"], 1, "ends before the number"),
    "letters for the count": (["a scale", "three", "2/1"], 2, "not a number of notes"),
    "a count of zero": (["a scale", "0"], 2, "0 notes"),
    "a negative count": (["a scale", "-3", "2/1"], 2, "-3 notes"),
    "a count with a point": (["a scale", "3.5", "2/1"], 2, "not a number of notes"),
    "a huge count": (["a scale", "99999999", "2/1"], 2, "99999999 notes"),
    "a note too few": (GOOD[:-1], 5, "ends after 2 notes; line 3 says 3"),
    "a note too many": ([*GOOD, "9/4"], 7, "more after the 3 notes"),
    "a blank for a note": (["a scale", "3", "5/4", "", "2/1"], 5, "ends after 2 notes"),
    "letters for a note": (["a scale", "2", "C#", "2/1"], 3, "is no note"),
    "a zero ratio": (["a scale", "2", "0/4", "2/1"], 3, "not above zero"),
    "a ratio over zero": (["a scale", "2", "5/0", "2/1"], 3, "not above zero"),
    "a negative ratio": (["a scale", "2", "-5/4", "2/1"], 3, "not above zero"),
    "half a ratio": (["a scale", "2", "5/", "2/1"], 3, "is no note"),
    "a number in letters": (["a scale", "1", "1e3"], 3, "is no note"),
    "not a number": (["a scale", "1", "nan"], 3, "is no note"),
    "a period that falls": (["a scale", "2", "3/2", "1/2"], 4, "must lie above the first"),
    "a binary file": (["a scale", "1", "2/1\x00"], 3, "control character"),
}


@pytest.mark.parametrize("name", BAD_SCL)
def test_malformed_scales_are_refused_with_line_and_reason(name: str) -> None:
    """Each class of malformed .scl names its line and what is wrong."""
    lines, number, reason = BAD_SCL[name]
    with pytest.raises(ScalaError, match=reason) as caught:
        parse_scl("\n".join(lines))
    assert caught.value.line == number and str(caught.value).startswith(f"line {number}: ")


HEAD = ["2", "0", "127", "60", "60", "440.0", "12"]
BAD_KBM = {
    "nothing": ([], 1, "ends before the size"),
    "half a head": (HEAD[:5], 5, "ends before the reference frequency"),
    "letters for the size": (["two", *HEAD[1:], "0", "1"], 1, "not the size"),
    "a negative size": (["-1", *HEAD[1:]], 1, "not the size"),
    "a huge size": (["5000", *HEAD[1:]], 1, "the most is 1024"),
    "a key beyond the keyboard": (["2", "0", "127", "200", *HEAD[4:], "0", "1"], 4, "keys are 0 to 127"),
    "the last before the first": (["2", "90", "30", *HEAD[3:], "0", "1"], 3, "below the first"),
    "a negative frequency": ([*HEAD[:5], "-440.0", "12", "0", "1"], 6, "not a reference frequency"),
    "a frequency of zero": ([*HEAD[:5], "0.0", "12", "0", "1"], 6, "not a reference frequency"),
    "too few keys": ([*HEAD, "0"], 8, "ends after 1 keys; line 1 says 2"),
    "too many keys": ([*HEAD, "0", "1", "2"], 10, "more after the 2 keys"),
    "letters for a key": ([*HEAD, "0", "C"], 9, "degree of a key, or x"),
    "a negative degree": ([*HEAD, "0", "-1"], 9, "degree of a key, or x"),
}


@pytest.mark.parametrize("name", BAD_KBM)
def test_malformed_mappings_are_refused_with_line_and_reason(name: str) -> None:
    """Each class of malformed .kbm names its line and what is wrong."""
    lines, number, reason = BAD_KBM[name]
    with pytest.raises(ScalaError, match=reason) as caught:
        parse_kbm("\n".join(lines))
    assert caught.value.line == number


def test_a_reference_on_a_silent_key_is_refused() -> None:
    """A mapping that tunes a key which it leaves unmapped cannot be used; its line is named."""
    kbm = _kbm(2, 60, 61, 440.0, 12, ["0", "x"])
    with pytest.raises(ValidationError, match="kbm: line 6: the reference key 61"):
        ScalaTuning(scl=SCALES["twelve"], kbm=kbm)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300) | st.lists(st.sampled_from([*GOOD, *HEAD, "x", "", "-1", "\x00"]), max_size=14).map("\n".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text does anything but give a tuning that sounds, or a refusal that names a line."""
    for parse in (parse_scl, parse_kbm):
        try:
            parse(text)
        except ScalaError as error:
            assert error.line >= 1
    try:
        document = ScalaTuning(scl=SCALES["twelve"], kbm=text)
    except ValidationError:
        return
    assert np.isfinite(Tuning("C", "major", document).rungs).all()


def test_a_keyboard_of_a_scala_tuning_is_that_of_the_file() -> None:
    """The retuning table of a Scala key on C is the reference's for the same file."""
    for name in ("twelve", "nineteen", "bohlen-pierce", "seven notes"):
        table = keyboard_hz(Tuning("C", "chromatic", ScalaTuning(scl=SCALES[name])))
        np.testing.assert_allclose(table, _reference(SCALES[name], None), rtol=1e-9)
