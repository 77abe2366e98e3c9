"""The mix document: old ones stay valid, targets are named, what contradicts itself is refused."""

import pytest
from pydantic import ValidationError

from harmonic_audio.mix.layouts import LAYOUT_NAMES
from harmonic_audio.soundscape.document import Mix as MixOfDocument
from harmonic_audio.soundscape.mix import DELIVERIES, Mix, VoiceMix


def test_a_document_of_before_is_still_valid() -> None:
    """The fields of the first format mean what they meant: stereo, a custom target, the diffuse room."""
    old = {
        "target_lufs": -18.0,
        "ceiling_dbtp": -2.0,
        "width": 0.5,
        "reverb": {"level_db": -11.0, "decay_s": 3.2, "predelay_s": 0.025, "damping_hz": 4500.0},
    }
    mix = MixOfDocument.model_validate(old)
    assert (mix.target_lufs, mix.ceiling_dbtp, mix.delivery, mix.layout) == (-18.0, -2.0, "custom", "stereo")
    assert mix.reverb is not None and mix.reverb.kind == "room"


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_a_named_delivery_says_its_figures(delivery: str) -> None:
    """Target and ceiling are those of the name, and survive a round trip through JSON."""
    mix = Mix.model_validate({"delivery": delivery})
    assert (mix.target_lufs, mix.ceiling_dbtp) == DELIVERIES[delivery]
    assert Mix.model_validate_json(mix.model_dump_json()) == mix


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"delivery": "r128", "target_lufs": -20.0}, "means -23 LUFS"),
        ({"voices": [{"voice": "bell", "delay_send": 0.5}]}, "add `delay`"),
        ({"voices": [{"voice": "bell", "chorus_send": 0.5}]}, "add `chorus`"),
        ({"reverb": {"shoebox": {"listener_m": (20.0, 1.0, 1.0)}}}, "outside the room"),
        ({"chorus": {"depth_s": 0.01, "delay_s": 0.005}}, "lower depth_s"),
        ({"delay": {"beats": None}}, "needs `beats` or `time_s`"),
        ({"master": [{"kind": "equaliser", "bands": []}]}, "at least 1"),
        ({"target_lufs": float("nan")}, "finite"),
    ],
)
def test_a_contradiction_is_refused_with_what_to_do(document: dict[str, object], reason: str) -> None:
    """Each error says what is wrong and what would be right."""
    with pytest.raises(ValidationError, match=reason):
        Mix.model_validate(document)


def test_a_voice_is_mixed_by_its_name_then_its_instrument_then_the_star() -> None:
    """The most particular entry counts, whatever the order."""
    entries = [VoiceMix(voice=name, gain_db=gain) for name, gain in (("*", -1.0), ("bell", -2.0), ("Earth", -3.0))]
    mix = Mix(voices=entries)
    assert [mix.voice(*who).gain_db for who in (("Earth", "bell"), ("Mars", "bell"), ("Mars", "pad"))] == [-3, -2, -1]
    assert Mix().voice("Mars", "pad").gain_db == 0.0


def test_every_layout_of_the_document_exists_and_every_field_is_described() -> None:
    """The schema offers the layouts there are, and says of each numeric field what it is."""
    schema = Mix.model_json_schema()
    assert tuple(schema["properties"]["layout"]["enum"]) == LAYOUT_NAMES
    for part in (schema, *schema["$defs"].values()):
        for name, field in part["properties"].items():
            assert name == "kind" or "description" in field or "$ref" in field, name
