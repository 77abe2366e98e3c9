"""The soundscape document refuses what it cannot play, and describes itself."""

import json
from collections.abc import Iterator
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
        ({"length_s": 1e9}, "less than or equal to 3600"),
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


UNITS = {
    "_s": "[s]",
    "_hz": "[Hz]",
    "_db": "[dB]",
    "_cents": "[cents]",
    "_deg": "[deg]",
    "_m": "[m]",
    "_bpm": "[1/min]",
    "per_s": "[1/s]",
    "_lufs": "[LUFS]",
    "_dbtp": "[dBTP]",
}


def _fields() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every property of every object of the schema."""
    schema = Soundscape.model_json_schema()
    for model, definition in {"Soundscape": schema, **schema["$defs"]}.items():
        for name, declared in definition.get("properties", {}).items():
            if "const" not in declared:  # the one value of a `kind` says what it is
                yield model, name, declared


def test_every_field_of_the_document_says_what_it_is_with_its_unit_and_default() -> None:
    """Each property has a description; one whose name ends in a unit has it there in brackets; what is not required
    has a default: a form can be made from the schema alone."""
    silent = [f"{model}.{name}" for model, name, declared in _fields() if not declared.get("description")]
    assert not silent
    unitless = [
        f"{model}.{name}"
        for model, name, declared in _fields()
        for ending in [next((end for end in sorted(UNITS, key=len, reverse=True) if name.endswith(end)), "")]
        if ending and UNITS[ending].rstrip("]") not in declared["description"]
    ]
    assert not unitless
    schema = Soundscape.model_json_schema()
    for definition in [schema, *schema["$defs"].values()]:
        required = definition.get("required", [])
        for name, declared in definition.get("properties", {}).items():
            assert name in required or "default" in declared or "const" in declared, name


def test_a_document_of_the_first_release_reads_as_before() -> None:
    """Fields of then, alone, still make a document; what is new has its default."""
    old = {
        "format_version": 1,
        "grid": {"per_beat": 4, "strength": 0.5},
        "density": {"notes_per_s": 24.0, "total": 100},
        "progression": [{"at": 0.0, "degree": 0}, {"at": 0.5, "degree": -3}],
        "mix": {"target_lufs": -14.0, "ceiling_dbtp": -1.0, "width": 0.5, "reverb": {"decay_s": 3.0}},
        "events": [_rule(loudness={"source": "strength", "transform": "log", "low": 0.1, "high": 0.6})],
        "observables": [
            {"kind": "curve", "voice": "*", "observable": "position", "component": "x", "target": "pan", "low": -1.0},
            {"kind": "notes", "name": "line", "observable": "energy", "instruments": ["flute"], "glide": True},
        ],
    }
    document = Soundscape.model_validate(old)
    assert document.grid is not None and document.grid.swing == 0.5
    assert document.events[0].sound.cutoff_hz is None and document.events[0].taps is None
    assert Soundscape.model_validate(json.loads(document.model_dump_json())) == document


def test_the_schema_describes_every_field_of_the_document() -> None:
    """Every number and choice of the top level has a description or is a described object."""
    schema = Soundscape.model_json_schema()
    assert schema["properties"]["length_s"]["default"] == 60.0
    assert schema["properties"]["length_s"]["maximum"] == 3600.0
    assert "[s]" in schema["properties"]["length_s"]["description"]


@pytest.mark.parametrize(
    ("system", "preset"), [("orbits", "trappist-1"), ("orbits", None), ("particles", None), ("string", None)]
)
def test_every_system_has_a_default_that_survives_json(system: str, preset: str | None) -> None:
    """A default document is the same after a round trip through JSON."""
    document = default_soundscape(system, preset, "A name")
    assert Soundscape.model_validate(json.loads(document.model_dump_json())) == document
    assert document.title == "A name"
