"""What there is to simulate: systems with their schemas, presets, environment parameters. Open to everybody."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from harmonic_chassis.http import ProblemError, problems
from harmonic_contracts.environment import PARAMETERS
from harmonic_physics.engine import ENGINE_VERSION
from harmonic_physics.engine.registry import UnknownPreset, UnknownSystem, preset, presets, system, systems
from harmonic_physics.engine.system import EventDeclaration, Preset, System

router = APIRouter(tags=["catalogue"])


class ParameterView(BaseModel):
    """An environment parameter: shared by all systems, accepted by those that name it."""

    name: str
    unit: str
    minimum: float
    maximum: float
    default: float
    description: str


class SystemSummary(BaseModel):
    """A system in the list."""

    kind: str
    title: str
    description: str
    presets: list[str]


class SystemView(SystemSummary):
    """A system with all that a form needs."""

    engine_version: str
    environment: list[ParameterView]
    events: list[EventDeclaration]
    spec_schema: dict[str, Any] = Field(description="JSON Schema of the spec; units stand beside the ranges")
    environment_schema: dict[str, Any]


class PresetSummary(BaseModel):
    """A preset in the list."""

    name: str
    title: str
    description: str
    system: str


class PresetView(PresetSummary):
    """A preset with its spec and environment."""

    spec: dict[str, Any]
    environment: dict[str, float]


class Systems(BaseModel):
    """All systems."""

    items: list[SystemSummary]


class Presets(BaseModel):
    """All presets, or those of one system."""

    items: list[PresetSummary]


class Environment(BaseModel):
    """The registry of environment parameters."""

    items: list[ParameterView]


@router.get("/v1/systems")
async def list_systems() -> Systems:
    """Every kind of physics."""
    return Systems(items=[_system(each) for each in systems().values()])


@router.get("/v1/systems/{kind}")
async def read_system(kind: str) -> SystemView:
    """One kind of physics, with the JSON Schema of its spec."""
    try:
        chosen = system(kind)
    except UnknownSystem as error:
        raise ProblemError(problems.NOT_FOUND, detail=str(error)) from None
    return SystemView(
        **_system(chosen).model_dump(),
        engine_version=ENGINE_VERSION,
        environment=[_parameter(name) for name in chosen.accepts],
        events=list(chosen.events),
        spec_schema=chosen.spec.model_json_schema(),
        environment_schema=chosen.environment.model_json_schema(),
    )


@router.get("/v1/presets")
async def list_presets(system: Annotated[str | None, Query(max_length=60)] = None) -> Presets:
    """Ready-made universes: `POST /v1/universes {"preset": name}` makes one."""
    chosen = [_preset(kind, each) for kind, each in presets().values() if system in (None, kind.kind)]
    return Presets(items=chosen)


@router.get("/v1/presets/{name}")
async def read_preset(name: str) -> PresetView:
    """One preset with its spec."""
    try:
        kind, chosen = preset(name)
    except UnknownPreset as error:
        raise ProblemError(problems.NOT_FOUND, detail=str(error)) from None
    return PresetView(**_preset(kind, chosen).model_dump(), spec=chosen.spec, environment=chosen.environment)


@router.get("/v1/environment")
async def read_environment() -> Environment:
    """The environment parameters: unit, range, default, meaning."""
    return Environment(items=[_parameter(name) for name in PARAMETERS])


def _system(chosen: System[Any]) -> SystemSummary:
    names = [each.name for each in chosen.presets]
    return SystemSummary(kind=chosen.kind, title=chosen.title, description=chosen.description, presets=names)


def _preset(kind: System[Any], chosen: Preset) -> PresetSummary:
    return PresetSummary(name=chosen.name, title=chosen.title, description=chosen.description, system=kind.kind)


def _parameter(name: str) -> ParameterView:
    return ParameterView.model_validate(PARAMETERS[name], from_attributes=True)
