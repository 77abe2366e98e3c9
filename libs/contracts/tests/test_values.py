"""Promises of the shared value types: NaN, disorder and unknown parameters are refused; roles are ordered."""

import math

import pytest
from pydantic import ValidationError

from harmonic_contracts.environment import PARAMETERS, environment_model
from harmonic_contracts.quantities import Quantity, TimeSpan
from harmonic_contracts.roles import Role
from harmonic_contracts.score import KeyMark, Note, Score, TempoMark, Voice

TEMPO = [TempoMark(time_s=0, bpm=120)]
KEY = [KeyMark(time_s=0, tonic="A", scale="minor", tonic_hz=440)]
VOICES = [Voice(name="b", instrument="bell")]


def note(onset: float, voice: int = 0) -> Note:
    return Note(onset_s=onset, duration_s=1, frequency_hz=440, loudness=0.5, voice=voice)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_quantity_refuses_what_is_no_number(value: float) -> None:
    """NaN and infinities never enter a contract."""
    with pytest.raises(ValidationError):
        Quantity(value=value, unit="m")


def test_time_span_refuses_an_end_before_its_start() -> None:
    """A span runs forward."""
    with pytest.raises(ValidationError, match="before start"):
        TimeSpan(start=2, end=1)


def test_score_refuses_a_note_of_no_voice() -> None:
    """Every note names a voice that exists."""
    with pytest.raises(ValidationError, match="voice 3 does not exist"):
        Score(title="x", duration_s=2, voices=VOICES, notes=[note(0, 3)], tempo_map=TEMPO, key_map=KEY)


def test_score_refuses_unsorted_notes() -> None:
    """Notes come in the order of their onsets, so that equal scores have equal bytes."""
    with pytest.raises(ValidationError, match="sorted"):
        Score(title="x", duration_s=2, voices=VOICES, notes=[note(1), note(0)], tempo_map=TEMPO, key_map=KEY)


def test_score_survives_json() -> None:
    """A score read back from its JSON is the same score."""
    score = Score(title="x", duration_s=2, voices=VOICES, notes=[note(0), note(0.1)], tempo_map=TEMPO, key_map=KEY)
    assert Score.model_validate_json(score.model_dump_json()) == score


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_environment_parameter_holds_its_range(name: str) -> None:
    """The default lies in the range, both ends are accepted, and what lies outside is refused."""
    parameter, model = PARAMETERS[name], environment_model((name,))
    assert getattr(model(), name) == parameter.default
    for end in (parameter.minimum, parameter.maximum):
        assert getattr(model(**{name: end}), name) == end
    for outside in (parameter.minimum - 1, parameter.maximum + 1, math.nan):
        with pytest.raises(ValidationError):
            model(**{name: outside})


def test_environment_refuses_a_parameter_that_the_system_does_not_accept() -> None:
    """A parameter is used or refused, never ignored."""
    with pytest.raises(ValidationError, match="gravity"):
        environment_model(("friction",))(gravity=1.0)


def test_roles_cover_those_below() -> None:
    """An owner may what an admin may, and so down to the viewer; never upwards."""
    order = [Role.VIEWER, Role.EDITOR, Role.ADMIN, Role.OWNER]
    for i, role in enumerate(order):
        assert [role.covers(needed) for needed in order] == [j <= i for j in range(4)]


def test_a_score_of_a_newer_release_is_read() -> None:
    """Fields that a newer release has added to a score, a note or a header are left out, not refused."""
    score = Score.model_validate(
        {
            "title": "newer",
            "duration_s": 1.0,
            "voices": [{"name": "a", "instrument": "marimba", "bow": "down"}],
            "notes": [{"onset_s": 0, "duration_s": 1, "frequency_hz": 440, "loudness": 1, "voice": 0, "breath": 1}],
            "tempo_map": [{"time_s": 0, "bpm": 120}],
            "key_map": [{"time_s": 0, "tonic": "C", "scale": "major", "tonic_hz": 261.6}],
            "invented_later": True,
        }
    )
    assert score.notes[0].frequency_hz == 440.0
    assert "invented_later" not in score.model_dump()
