"""What the API gives, as far as this client names it. Fields that a newer platform adds are kept and do no harm."""

from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact
from harmonic_contracts.operations import Operation, Step
from harmonic_contracts.problems import FieldError, Problem

Model = TypeVar("Model", bound=BaseModel)


class View(BaseModel):
    """A resource; what is not named here is in `model_extra`."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Me(View):
    """The signed-in user."""

    user_id: str
    email: str
    name: str
    organization_id: str
    project_id: str
    roles: dict[str, str]


class Preset(View):
    """A universe ready to be made."""

    name: str
    title: str = ""
    system: str = ""
    description: str = ""


class Universe(View):
    """A universe, at one revision."""

    universe_id: str
    organization_id: str
    revision: int
    name: str
    visibility: str = "private"


class Soundscape(View):
    """How a universe sounds, at one revision."""

    soundscape_id: str
    universe_id: str
    revision: int


class Performance(View):
    """A performance with what is known of its parts."""

    performance_id: str
    operation_id: str
    state: str
    universe_id: str | None = None
    simulation_id: str | None = None
    rendering_id: str | None = None
    export_id: str | None = None


class Suggestion(View):
    """A change that was searched for, with its evidence once it is found."""

    suggestion_id: str
    operation_id: str
    universe_id: str
    goal: str
    state: str


class Export(View):
    """A package of files."""

    export_id: str
    operation_id: str
    rendering_id: str
    state: str


class Rendering(View):
    """A score with its sound; its files and measurements are in `model_extra`."""

    rendering_id: str
    operation_id: str
    universe_id: str
    state: str
    notes: int | None = None
    key: str | None = None
    duration_s: float | None = None


class Legend(View):
    """What sounds like what: in words, and with limits and units for programs."""

    lines: list[str]
    entries: list[dict[str, Any]] = []


class NoteRow(View):
    """A note and why it is there; times in s, pitch in Hz."""

    number: int
    onset_s: float
    duration_s: float
    frequency_hz: float
    note: str
    cents: float
    loudness: float
    voice: str
    instrument: str
    cause: str
    bodies: list[str] = []
    universe_time: float | None = None
    universe_time_unit: str = ""


class Analysis(View):
    """An analysis of a sound; `measures` are there once it has succeeded."""

    analysis_id: str
    operation_id: str
    state: str
    rendering_id: str | None = None
    measures: dict[str, Any] | None = None


class Conversion(View):
    """A sound in another format; `file` is there once it has succeeded."""

    conversion_id: str
    operation_id: str
    state: str
    rendering_id: str | None = None
    wanted: dict[str, Any] = {}
    file: dict[str, Any] | None = None


class Instrument(View):
    """An instrument that a soundscape may name."""

    name: str
    family: str = ""
    description: str = ""
    midi_program: int = 0


class Scale(View):
    """A scale that a key may name."""

    name: str
    semitones: list[int] = []
    description: str = ""


class Style(View):
    """A style or mood of soundscapes."""

    name: str
    kind: str = ""
    description: str = ""
    fields: dict[str, Any] = {}


class ApiKey(View):
    """An API key; `api_key` is there only in the reply that made it."""

    key_id: str
    name: str
    start: str
    created_at: datetime
    api_key: str | None = None


def operation_of(document: dict[str, Any]) -> Operation:
    """An operation, without what a newer platform may have added to it."""
    known = _known(Operation, document)
    known["steps"] = [_known(Step, step) for step in document.get("steps", [])]
    if problem := document.get("problem"):
        known["problem"] = {
            **_known(Problem, problem),
            "errors": [_known(FieldError, error) for error in problem.get("errors", [])],
        }
    return Operation.model_validate(known)


def files_of(operation: Operation) -> list[NamedArtifact]:
    """The files that an operation gave; none where it gives none."""
    found = (operation.result or {}).get("files", [])
    if not isinstance(found, list):
        return []
    return [_file(each) for each in found if isinstance(each, dict)]


def _file(document: dict[str, Any]) -> NamedArtifact:
    return NamedArtifact(name=document["name"], artifact=ArtifactRef(**_known(ArtifactRef, document["artifact"])))


def _known(model: type[BaseModel], document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name in model.model_fields}
