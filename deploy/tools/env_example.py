"""Writes .env.example from the settings classes of all services, so that it cannot differ from the code."""

import sys
from importlib import import_module
from pathlib import Path

from harmonic_chassis.settings import ServiceSettings, SettingDoc, documents

ROOT = Path(__file__).parents[2]
SERVICES = ("organization", "physics", "audio", "ai", "export", "gateway")
HEAD = """\
# Every setting of the platform, generated from the settings classes by `make contracts`. Copy what you need into .env.
# Every service reads HARMONIC_X; HARMONIC_<SERVICE>_X is for one alone, and wins; the environment wins over .env.
# `make up` writes the secrets that it needs into .env by itself; `make serve` keeps its own in its data folder.
"""


def settings_of(service: str) -> type[ServiceSettings]:
    found = import_module(f"harmonic_{service}.service").service.settings
    assert issubclass(found, ServiceSettings)
    return found


def entry(doc: SettingDoc, variable: str) -> str:
    kind = "required" if doc.required else f"default {doc.default}" if doc.default is not None else "optional"
    secret = ", secret" if doc.secret else ""
    return f"\n# {doc.description} ({kind}{secret}). Example: {doc.example}\n#{variable}=\n"


def example() -> str:
    """The whole file: what all services share, then what each has of its own."""
    shared = {doc.name for doc in documents(ServiceSettings)}
    parts = [HEAD, *(entry(doc, doc.variables[-1]) for doc in documents(ServiceSettings))]
    for service in SERVICES:
        own = [doc for doc in documents(settings_of(service)) if doc.name not in shared]
        parts += [f"\n# --- {service}\n"] if own else []
        parts += [entry(doc, doc.variables[0]) for doc in own]
    return "".join(parts)


def main() -> int:
    (ROOT / ".env.example").write_text(example())
    return 0


if __name__ == "__main__":
    sys.exit(main())
