"""The soundscape document refuses what it cannot play, and describes itself."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape


def _rule(**changes: Any) -> dict[str, Any]:
    return {"name": "x", "kinds": ["transit"], "instruments": ["bell"], "pitch": {"kind": "rate"}, **changes}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"key": {"scale": "happy"}}, "there is no scale 'happy'"),
        ({"key": {"tonic": "H"}}, "pattern"),
        ({"events": [_rule(instruments=["kazoo"])]}, "there is no instrument 'kazoo'"),
        ({"events": [_rule(), _rule()]}, "a name of its own"),
        ({"length_s": float("nan")}, "finite"),
        ({"length_s": 1e9}, "less than or equal to 600"),
        ({"progression": [{"at": 0.5, "degree": 0}]}, "begins with a chord at 0"),
        ({"colour": "blue"}, "Extra inputs"),
        ({"mix": {"ceiling_dbtp": 3.0}}, "less than or equal to -0.1"),
        ({"events": [_rule(pitch={"kind": "scale", "limits": {"low": 50, "high": 10}})]}, "must be below high"),
    ],
)
def test_a_document_that_cannot_be_played_is_refused_with_the_reason(document: dict[str, Any], says: str) -> None:
    """Unknown names, wrong ranges and unknown fields are refused, each with its reason."""
    with pytest.raises(ValidationError, match=says):
        Soundscape.model_validate(document)


def test_the_schema_describes_every_field_of_the_document() -> None:
    """Every number and choice of the top level has a description or is a described object."""
    schema = Soundscape.model_json_schema()
    assert schema["properties"]["length_s"]["default"] == 60.0
    assert schema["properties"]["length_s"]["maximum"] == 600.0
    assert "[s]" in schema["properties"]["length_s"]["description"]


@pytest.mark.parametrize(
    ("system", "preset"), [("orbits", "trappist-1"), ("orbits", None), ("particles", None), ("string", None)]
)
def test_every_system_has_a_default_that_survives_json(system: str, preset: str | None) -> None:
    """A default document is the same after a round trip through JSON."""
    document = default_soundscape(system, preset, "A name")
    assert Soundscape.model_validate(json.loads(document.model_dump_json())) == document
    assert document.title == "A name"
