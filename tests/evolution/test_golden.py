"""Promises to the events of every release: each is still read, by today's models and by today's handlers, for ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.main import NAMES, load_service
from harmonic_contracts import registry
from harmonic_contracts.envelope import Envelope
from harmonic_standalone.testing.chaos.witness import handlers_of

RELEASES = Path(__file__).parents[2] / "releases"
GOLDEN = sorted(RELEASES.glob("*/golden/*.json"))
NAMED = [f"{path.parts[-3]}/{path.stem}" for path in GOLDEN]


def _envelope(path: Path) -> Envelope:
    """The event as it lies in a log of its release."""
    return Envelope(
        id=new_id(),
        source=path.stem.split(".")[0],
        type=path.stem,
        subject="golden/1",
        sequence=1,
        number=1,
        time="2026-01-01T00:00:00Z",
        data=json.loads(path.read_text()),
        correlationid=new_id(),
    )


def test_there_are_golden_events() -> None:
    """A release records its events: an empty folder would let everything below pass."""
    assert len(GOLDEN) > 30


@pytest.mark.parametrize("path", GOLDEN, ids=NAMED)
def test_a_golden_event_is_lifted_to_todays_form(path: Path) -> None:
    """The event is of a type that is still known; read by today's model it keeps every value that it had, has every
    field of today, and is the same when it is written and read again."""
    envelope = _envelope(path)
    read = registry.of_type(envelope.type).model.model_validate(envelope.data)
    lifted = read.model_dump(mode="json")
    assert set(lifted) == set(type(read).model_fields)
    assert type(read).model_validate(lifted) == read
    assert _differences(envelope.data, lifted) == []


@pytest.mark.parametrize("path", GOLDEN, ids=NAMED)
def test_a_golden_event_is_read_by_every_service_that_handles_its_type(path: Path) -> None:
    """Each consumer whose handlers name the type takes the event out of an old log."""
    envelope = Envelope.model_validate_json(_envelope(path).model_dump_json())
    for name in NAMES:
        for consumer, handlers in handlers_of(load_service(name)).items():
            handler = handlers.get(envelope.type)
            if handler is not None:
                assert handler.model.model_validate(envelope.data), consumer


def _differences(old: Any, new: Any, path: str = "data") -> list[str]:
    """What the old document says and the new one does not. Times may be written in another way."""
    if isinstance(old, dict):
        return [each for key, value in old.items() for each in _differences(value, new.get(key), f"{path}.{key}")]
    if isinstance(old, list):
        pairs = zip(old, new, strict=True)
        return [
            each for place, (one, other) in enumerate(pairs) for each in _differences(one, other, f"{path}[{place}]")
        ]
    same = old == new or str(old).replace("+00:00", "Z") == str(new).replace("+00:00", "Z")
    return [] if same else [f"{path}: {old!r} became {new!r}"]
