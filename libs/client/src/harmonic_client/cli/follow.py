"""Following an operation to its end, with bars or with JSON lines, and fetching its files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from harmonic_client.cli import output
from harmonic_contracts.operations import Operation

if TYPE_CHECKING:
    from harmonic_client.cli.bars import Bars
    from harmonic_client.client import Harmonic

FACTS = {
    "simulated": "simulated",
    "largest_relative_energy_error": "largest relative energy error",
    "physical_events": "physical events",
    "notes": "notes",
    "key": "key",
    "duration_s": "length",
    "integrated_loudness_lufs": "integrated loudness",
    "true_peak_dbtp": "true peak",
}
UNITS = {"duration_s": "s", "integrated_loudness_lufs": "LUFS", "true_peak_dbtp": "dBTP"}
STAGES = ("simulate", "render", "export")
DETACHED = "The operation goes on. `harmonic watch {0}` follows it, `harmonic cancel {0}` ends it."


async def follow(harmonic: "Harmonic", operation_id: str, bars: "Bars", *, lines: bool = False) -> Operation:
    """The operation once it has succeeded; raises OperationFailed else. With `lines`, each move is a line of JSON."""
    from harmonic_client.resources.operations import succeeded

    latest: Operation | None = None
    try:
        async for latest in harmonic.operations.watch(operation_id):
            bars.show(latest)
            if lines:
                output.emit(latest)
    except BaseException:
        if not bars.quiet and (latest is None or not latest.state.final):
            typer.echo(DETACHED.format(operation_id), err=True)
        raise
    return succeeded(latest or await harmonic.operations.get(operation_id))


async def fetch(harmonic: "Harmonic", operation: Operation, folder: Path, bars: "Bars") -> list[Path]:
    """Put the operation's files into the folder."""
    from harmonic_client.models import files_of

    files = files_of(operation)
    return await harmonic.artifacts.download_all(files, folder, bars.download) if files else []


def report(operation: Operation, paths: list[Path], as_json: bool, lines: bool = False) -> None:
    """Print what came out: the facts and the files."""
    if as_json:
        if not lines:
            output.emit({"operation": operation.model_dump(mode="json"), "files": [str(path) for path in paths]})
        return
    found = (operation.result or {}).get("facts")
    if isinstance(found, dict):
        output.facts("", rows_of(found) | {operation.kind: operation.operation_id})
    for path in paths:
        typer.echo(str(path))


def rows_of(facts: dict[str, Any]) -> dict[str, str]:
    """The facts of a performance in words and units; wall times of the stages at the end."""
    rows = {label: _worded(name, facts) for name, label in FACTS.items() if facts.get(name) is not None}
    walls = facts.get("wall_seconds") or {}
    return rows | {f"time to {stage}": f"{float(walls[stage]):.2f} s" for stage in STAGES if stage in walls}


def _worded(name: str, facts: dict[str, Any]) -> str:
    value = facts[name]
    number = f"{value:.4g}" if isinstance(value, float) and not value.is_integer() else f"{value}"
    if isinstance(value, float) and value.is_integer():
        number = f"{value:.0f}"
    unit = facts.get("simulated_unit") if name == "simulated" else UNITS.get(name)
    return f"{number} {unit}" if unit else number
