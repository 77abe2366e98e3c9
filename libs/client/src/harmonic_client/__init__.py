"""The typed Python client of Harmonic Universe, and the ``harmonic`` command line.

::

    async with Harmonic("http://127.0.0.1:8000") as harmonic:
        await harmonic.auth.login("ada@example.org", password)
        universe = await harmonic.universes.create(preset="trappist-1")
        begun = await harmonic.performances.create(universe.universe_id)
        ended = await harmonic.operations.wait(begun.operation_id)
        await harmonic.artifacts.download_all(files_of(ended), Path("out"))
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic
    from harmonic_client.models import files_of

__all__ = ["Harmonic", "files_of"]

_HOMES = {"Harmonic": "harmonic_client.client", "files_of": "harmonic_client.models"}


def __getattr__(name: str) -> Any:
    """Load on first use: the command line must start without the weight of HTTP."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
