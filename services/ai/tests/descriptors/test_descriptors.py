"""Promises of the descriptors, against closed forms and textbook cases."""

import numpy as np
import pytest

from harmonic_ai.descriptors import describe_score
from harmonic_ai.descriptors.key import MAJOR, NAMES, find_key, pitch_class_weights
from harmonic_ai.descriptors.roughness import dissonance
from harmonic_ai.descriptors.sound import spectral_centroid
from harmonic_ai.descriptors.tempo import find_tempo
from harmonic_contracts.score import KeyMark, Note, Score, TempoMark, Voice

C_MAJOR = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60]


def score_of(pitches: list[float], gap_s: float = 0.5, **note: float) -> Score:
    notes = [
        Note(
            onset_s=i * gap_s,
            duration_s=gap_s,
            frequency_hz=440.0 * 2 ** ((pitch - 69) / 12),
            loudness=note.get("loudness", 0.5),
            brightness=note.get("brightness", 0.5),
            voice=0,
        )
        for i, pitch in enumerate(pitches)
    ]
    return Score(
        title="t",
        duration_s=max(len(pitches) * gap_s, 1.0),
        voices=[Voice(name="v", instrument="bell")],
        notes=notes,
        tempo_map=[TempoMark(time_s=0, bpm=120)],
        key_map=[KeyMark(time_s=0, tonic="C", scale="major", tonic_hz=261.6)],
    )


@pytest.mark.parametrize("shift", range(12))
def test_key_of_a_transposed_major_melody_is_the_transposed_key(shift: int) -> None:
    """A melody of a major scale is heard in its key, wherever it is transposed to."""
    key = describe_score(score_of([p + shift for p in C_MAJOR])).key
    assert (key.tonic, key.mode) == (NAMES[shift], "major")
    assert key.confidence > 0.2


def test_key_profile_finds_itself() -> None:
    """The weights of a profile are at distance nought from it."""
    key = find_key(MAJOR)
    assert (key.tonic, key.mode, key.confidence) == ("C", "major", pytest.approx(1.0))


def test_pitch_between_two_classes_counts_for_both() -> None:
    """A quarter tone gives half its weight to each neighbour."""
    weights = pitch_class_weights(np.array([60.5]), np.array([2.0]))
    assert weights[0] == weights[1] == 0.5


@pytest.mark.parametrize("bpm", [60, 90, 120, 144, 180])
def test_tempo_of_a_click_track_is_its_rate(bpm: int) -> None:
    """An even pulse is measured within one per cent, with confidence."""
    onsets = np.arange(48) * 60.0 / bpm
    found, confidence = find_tempo(onsets, np.ones(48))
    assert abs(found / bpm - 1) < 0.01
    assert confidence > 0.5


def test_tempo_of_a_poisson_process_has_little_confidence() -> None:
    """Onsets without a pulse are said to have none."""
    onsets = np.cumsum(np.random.default_rng(1).exponential(0.3, 300))
    assert find_tempo(onsets, np.ones(300))[1] < 0.3


def test_dissonance_of_two_sines_peaks_at_a_quarter_of_the_critical_band() -> None:
    """Unison and octave are smooth, a minor second rough: Sethares's curve."""
    pair = lambda ratio: dissonance(np.array([400.0, 400.0 * ratio]), np.ones(2))  # noqa: E731  (a curve)
    assert pair(1.0) == 0.0
    assert pair(2 ** (1 / 12)) > 5 * pair(1.5) > pair(2.0)


def test_roughness_orders_octave_fifth_and_second() -> None:
    """Simultaneous intervals are ranked as listeners rank them."""

    def together(ratio: float) -> float:
        base = score_of([60])
        other = base.notes[0].model_copy(update={"frequency_hz": base.notes[0].frequency_hz * ratio})
        return describe_score(base.model_copy(update={"notes": [base.notes[0], other]})).roughness.value

    assert together(2.0) < together(1.5) < together(2 ** (1 / 12))


def test_silence_has_neutral_descriptors_without_confidence() -> None:
    """A score without notes is measured, not refused, and nothing is claimed of it."""
    described = describe_score(score_of([]))
    assert described.note_density.value == 0.0
    assert described.key.confidence == described.register_centre.confidence == 0.0


def test_density_and_register_are_exact() -> None:
    """Notes a second and mean pitch are what they say."""
    described = describe_score(score_of([60, 72], gap_s=0.5))
    assert described.note_density.value == 2.0
    assert described.register_centre.value == pytest.approx(66.0)
    assert described.register_width.value == pytest.approx(6.0)


def test_spectral_centroid_of_a_sine_is_its_frequency(tmp_path) -> None:  # type: ignore[no-untyped-def]  # a fixture
    """The brightness of a pure tone is its pitch in hertz; silence has none."""
    import soundfile

    time = np.arange(48_000) / 48_000
    soundfile.write(tmp_path / "sine.wav", 0.5 * np.sin(2 * np.pi * 1000 * time), 48_000, subtype="PCM_24")
    soundfile.write(tmp_path / "none.wav", np.zeros(48_000), 48_000, subtype="PCM_24")
    assert spectral_centroid(tmp_path / "sine.wav") == pytest.approx(1000.0, rel=0.005)
    assert spectral_centroid(tmp_path / "none.wav") is None
