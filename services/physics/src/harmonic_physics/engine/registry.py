"""The registry of systems: every System subclass that a module of `systems/` defines."""

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

from harmonic_physics.engine import systems as package
from harmonic_physics.engine.system import Preset, System


class UnknownSystem(LookupError):
    """No system has this kind."""


class UnknownPreset(LookupError):
    """No preset has this name."""


@cache
def systems() -> dict[str, System[Any]]:
    """Every system by kind, in alphabetical order."""
    found: dict[str, System[Any]] = {}
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for member in vars(import_module(module.name)).values():
            if isinstance(member, type) and issubclass(member, System) and member.__module__ == module.name:
                found[member.kind] = member()
    return dict(sorted(found.items()))


def system(kind: str) -> System[Any]:
    """The system of this kind. Raises UnknownSystem."""
    try:
        return systems()[kind]
    except KeyError:
        raise UnknownSystem(f"there is no system {kind!r}; there are {', '.join(systems())}") from None


@cache
def presets() -> dict[str, tuple[System[Any], Preset]]:
    """Every preset by name, with its system."""
    return {preset.name: (each, preset) for each in systems().values() for preset in each.presets}


def preset(name: str) -> tuple[System[Any], Preset]:
    """The preset of this name and its system. Raises UnknownPreset."""
    try:
        return presets()[name]
    except KeyError:
        raise UnknownPreset(f"there is no preset {name!r}; there are {', '.join(presets())}") from None
