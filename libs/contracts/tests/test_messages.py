"""Promises of the message registry: schemas do not drift, published versions do not break, golden samples validate."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from harmonic_contracts import compatibility, registry, schemas
from harmonic_contracts.asyncapi import document
from harmonic_contracts.envelope import TYPE_PATTERN

ROOT = Path(__file__).parents[1]
RELEASES = Path(__file__).parents[3] / "releases"
MESSAGES = registry.all_messages()
GOLDEN = sorted([*ROOT.glob("golden/*.json"), *RELEASES.glob("*/golden/*.json")])
PUBLISHED = sorted(p for p in RELEASES.glob("*/schemas/*.json"))


@pytest.mark.parametrize("name", sorted(schemas.all_schemas()))
def test_committed_schema_is_the_generated_one(name: str) -> None:
    """What is committed under schemas/ is what the registry says; run `make contracts` where it differs."""
    assert json.loads((ROOT / "schemas" / name).read_text()) == schemas.all_schemas()[name]


def test_no_schema_is_left_over() -> None:
    """A schema whose message is gone from the registry is gone from the folder."""
    committed = {str(path.relative_to(ROOT / "schemas")) for path in (ROOT / "schemas").rglob("*.json")}
    assert committed == set(schemas.all_schemas())


def test_committed_asyncapi_is_the_generated_one() -> None:
    """The AsyncAPI document on disk is what the registry says; run `make contracts` where it differs."""
    assert json.loads((ROOT / "asyncapi.json").read_text()) == json.loads(json.dumps(document("1")))


def test_asyncapi_names_every_message_once() -> None:
    """Each declared message has a channel, a message and an operation in the AsyncAPI 3.0 document."""
    made = document("1")
    names = {message.name for message in MESSAGES}
    assert set(made["channels"]) == set(made["components"]["messages"]) == names
    assert len(made["operations"]) == len(names)
    assert "$defs" not in json.dumps(made)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: f"{p.parent.parent.name}/{p.name}")
def test_golden_sample_validates_for_ever(path: Path) -> None:
    """A message once recorded is read by today's model and today's schema."""
    message = registry.of_type(path.stem)
    data = json.loads(path.read_text())
    message.model.model_validate(data)
    jsonschema.validate(data, schemas.message_schema(message))


def test_every_message_has_a_golden_sample() -> None:
    """No message is without its golden sample."""
    assert {path.stem for path in (ROOT / "golden").glob("*.json")} == {message.name for message in MESSAGES}


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda p: f"{p.parent.parent.name}/{p.name}")
def test_published_version_is_not_broken(path: Path) -> None:
    """Within a major version only optional fields are added to what a release has published."""
    current = schemas.message_schema(registry.of_type(path.stem))
    assert compatibility.breaks(json.loads(path.read_text()), current) == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m.name)
def test_message_name_is_a_routing_key(message: registry.MessageType) -> None:
    """A message's name is service.thing[.happened].vN, and its subject can be filled from its data."""
    assert re.match(TYPE_PATTERN, message.name)
    for field in re.findall(r"{(\w+)}", message.subject):
        assert field in message.model.model_fields


def test_a_type_cannot_be_declared_twice() -> None:
    """A second declaration of a type is refused with both names."""
    with pytest.raises(ValueError, match="declared twice"):
        registry.event("physics.universe.created.v1", subject="x")(type("Other", (), {"__doc__": "x"}))  # type: ignore[type-var]  # refused before use


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["properties"].pop("frames"), "was removed"),
        (lambda s: s["required"].append("energy_error"), "became required"),
        (lambda s: s["properties"]["frames"].update(type="string"), "type integer became string"),
        (lambda s: s["properties"]["seed"].update(minimum=5), "minimum"),
        (lambda s: s["$defs"]["ArtifactRef"]["properties"].pop("producer"), "was removed"),
    ],
)
def test_an_incompatible_change_is_found(change, said: str) -> None:  # type: ignore[no-untyped-def]  # a table of lambdas
    """Each way to break a consumer is named."""
    published = schemas.message_schema(registry.of_type("physics.simulation.completed.v1"))
    changed = json.loads(json.dumps(published))
    change(changed)
    assert any(said in problem for problem in compatibility.breaks(published, changed))


def test_an_added_optional_field_is_compatible() -> None:
    """Adding an optional field breaks nobody."""
    published = schemas.message_schema(registry.of_type("physics.simulation.completed.v1"))
    changed = json.loads(json.dumps(published))
    changed["properties"]["certificate"] = {"type": "string"}
    assert compatibility.breaks(published, changed) == []
