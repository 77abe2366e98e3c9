"""JSON Schemas of every message and shared value type, derived from the registry and never edited by hand."""

from typing import Any

from pydantic import BaseModel

import harmonic_contracts.messages  # noqa: F401  (fills the registry)
from harmonic_contracts import registry
from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact
from harmonic_contracts.envelope import Envelope
from harmonic_contracts.operations import Operation
from harmonic_contracts.problems import Problem
from harmonic_contracts.quantities import Quantity, TimeSpan
from harmonic_contracts.score import Score
from harmonic_contracts.trajectory import PhysicalEvent, TrajectoryHeader

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
VALUE_TYPES: tuple[type[BaseModel], ...] = (
    ArtifactRef,
    Envelope,
    NamedArtifact,
    Operation,
    PhysicalEvent,
    Problem,
    Quantity,
    Score,
    TimeSpan,
    TrajectoryHeader,
)


def message_schema(message: registry.MessageType) -> Schema:
    """The schema of a message's data."""
    return {"$schema": DIALECT, **message.model.model_json_schema(), "title": message.name}


def all_schemas() -> dict[str, Schema]:
    """Every schema by file name, e.g. ``physics.simulation.completed.v1.json``."""
    values = {
        f"values/{model.__name__}.json": {"$schema": DIALECT, **model.model_json_schema()} for model in VALUE_TYPES
    }
    messages = {f"{message.name}.json": message_schema(message) for message in registry.all_messages()}
    return messages | values
