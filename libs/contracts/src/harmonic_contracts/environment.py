"""The ONE registry of environment parameters: unit, range, default. Every form, schema and check comes from it."""

from dataclasses import dataclass
from typing import Any

from pydantic import Field, create_model

from harmonic_contracts.base import Contract


@dataclass(frozen=True)
class Parameter:
    """A shared parameter of universes: SI unit, closed range, default and meaning."""

    name: str
    unit: str
    minimum: float
    maximum: float
    default: float
    description: str


PARAMETERS: dict[str, Parameter] = {
    p.name: p
    for p in (
        Parameter("gravity", "m/s2", 0.0, 20.0, 9.81, "Downward acceleration"),
        Parameter("friction", "1", 0.0, 1.0, 0.0, "Tangential loss at contacts, as a fraction of tangential speed"),
        Parameter("elasticity", "1", 0.0, 1.0, 1.0, "Coefficient of restitution at contacts"),
        Parameter("air_resistance", "1", 0.0, 1.0, 0.0, "Drag coefficient, scaled by fluid density and area"),
        Parameter("density", "kg/m3", 0.0, 10.0, 1.0, "Density of bodies whose mass is not given"),
        Parameter("temperature", "K", 0.0, 1000.0, 293.15, "Temperature of the medium"),
        Parameter("pressure", "kPa", 0.0, 200.0, 101.325, "Pressure of the medium"),
        Parameter("fluid_density", "kg/m3", 0.0, 2000.0, 1.225, "Density of the medium"),
        Parameter("viscosity", "Pa.s", 0.0, 1.0, 1.81e-5, "Dynamic viscosity of the medium"),
        Parameter("time_scale", "1", 0.1, 10.0, 1.0, "Speed of the universe's own time"),
    )
}


def environment_model(accepted: tuple[str, ...]) -> type[Contract]:
    """A model with the accepted parameters alone: any other one is refused, not ignored."""
    fields: dict[str, Any] = {
        p.name: (float, Field(default=p.default, ge=p.minimum, le=p.maximum, description=f"{p.description} [{p.unit}]"))
        for p in (PARAMETERS[name] for name in accepted)
    }
    return create_model("Environment", __base__=Contract, **fields)
