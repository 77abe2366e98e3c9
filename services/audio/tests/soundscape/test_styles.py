"""Styles and moods: they set documented fields alone, and what they make is valid and sounds."""

import pytest

from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.soundscape.styles import STYLES, styled

BASES = [("orbits", "trappist-1"), ("particles", None), ("pendulum", None), ("string", None)]
NAMED = {"ambient", "minimal", "jazz", "cinematic", "gamelan", "baroque", "techno"}
MOODS = {"calm", "tense", "bright", "dark", "playful", "melancholic"}


def test_the_styles_and_moods_are_there() -> None:
    """Seven styles and six moods at the least, each described."""
    assert {s.name for s in STYLES.values() if s.kind == "style"} >= NAMED
    assert {s.name for s in STYLES.values() if s.kind == "mood"} >= MOODS
    assert all(len(s.description) > 10 for s in STYLES.values())


@pytest.mark.parametrize("name", STYLES)
def test_a_style_sets_documented_fields_alone(name: str) -> None:
    """Every field of a style is a field of the soundscape's schema, with a description there."""
    properties = Soundscape.model_json_schema()["properties"]
    assert all(properties[field].get("description") for field in STYLES[name].fields)


@pytest.mark.parametrize("name", STYLES)
def test_a_style_gives_a_valid_soundscape_and_keeps_the_rest(name: str) -> None:
    """On every kind of default: valid, the rules' mapping and the tonic kept, the same when applied again."""
    for system, preset in BASES:
        document = default_soundscape(system, preset)
        made = styled(document, name)
        assert Soundscape.model_validate_json(made.model_dump_json()) == made == styled(made, name)
        assert made.key.tonic == document.key.tonic and made.length_s == document.length_s
        for before, after in zip(document.events, made.events, strict=True):
            assert after.model_copy(update={"instruments": before.instruments}) == before
        untouched = set(Soundscape.model_fields) - set(STYLES[name].fields) - {"events", "observables"}
        assert all(getattr(made, field) == getattr(document, field) for field in untouched)


@pytest.mark.parametrize("name", [n for n in STYLES if STYLES[n].fields.get("harmony")])
def test_a_style_s_harmony_sounds(name: str, chain: Motion) -> None:
    """Each voice that a style adds plays, and every note lies in the audible range."""
    made = styled(default_soundscape("orbits", "trappist-1"), name)
    score = map_to_score(made, chain)
    playing = {score.voices[note.voice].name for note in score.notes if note.cause and note.cause.kind == "harmony"}
    assert playing == {rule.name for rule in made.harmony}
    assert all(20.0 <= note.frequency_hz <= 16_000.0 for note in score.notes)


def test_an_unknown_style_is_refused() -> None:
    """The refusal names the styles that there are."""
    with pytest.raises(ValueError, match="choose one of ambient"):
        styled(Soundscape(), "polka")


@pytest.mark.parametrize("preset", ["plucked-chord", "struck-chladni-plate", "double-pendulum"])
def test_a_style_takes_what_belongs_to_its_voices_along(preset: str) -> None:
    """Curves drawn for voices of the old harmony go with them, and patches with the instruments they were made for."""
    before = default_soundscape("string", preset)
    made = styled(before, "jazz")
    old = {rule.name for rule in before.harmony}
    assert any(getattr(one, "voice", "") in old for one in before.automation)
    assert not any(getattr(one, "voice", "") in old for one in made.automation)
    assert all(rule.patch is None for rule in made.events)


def test_a_curve_of_a_rule_without_notes_is_told_and_not_drawn(chain: Motion) -> None:
    """Where nothing happened that a rule tells of, the curve drawn for it is left out, and the legend says so."""
    piece = default_soundscape("plate", "struck-chladni-plate").model_copy(update={"observables": []})
    score = map_to_score(piece, chain)
    assert "automation: loudness of sand is not drawn: it made no notes here" in score.legend
