"""Results on disk: JSON for programs and a table for people, one pair a benchmark, dated, without host names."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import description
from bench.result import Figure, Measurement

RESULTS = Path(__file__).parent / "results"
BUSY = 0.5
VERDICT = {True: "holds", False: "**missed**", None: ""}


def write(measured: Measurement, machine: Mapping[str, Any], folder: Path = RESULTS) -> Path:
    """Write both files; returns the table's path."""
    folder.mkdir(exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    document = {"date": day, "machine": dict(machine), **measured.document()}
    (folder / f"{measured.name}.json").write_text(json.dumps(document, indent=2) + "\n")
    path = folder / f"{measured.name}.md"
    path.write_text(table(measured, machine, day))
    return path


def table(measured: Measurement, machine: Mapping[str, Any], day: str) -> str:
    """The measurement as Markdown."""
    described = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items())
    rows = [f"| {each.name} | {_number(each.value)} {each.unit} | {_bar(each)} |" for each in measured.figures]
    head = ["| what | measured | bar |", "|---|---|---|"]
    notes = [f"\n{note}" for note in [*measured.notes, *_doubts(machine)]]
    top = [f"# {measured.name}, {day}", "", f"Repeat: `{measured.command}`. Machine: {described}.", ""]
    return "\n".join([*top, *head, *rows, *notes]) + "\n"


def show(measured: Measurement) -> None:
    """Print the table without keeping it: what a part does when it is run alone."""
    print(table(measured, description(), datetime.now(UTC).date().isoformat()))


def _doubts(machine: Mapping[str, Any]) -> list[str]:
    """What a busy machine does to the figures."""
    if float(machine["load_average_before"]) <= BUSY * int(machine["cores"]):
        return []
    return ["The machine was busy with other work: judge by processor time; wall times say what the neighbours cost."]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    side = "at least" if figure.more_is_better else "at most"
    return f"{side} {figure.bar:g} {figure.unit}: {VERDICT[figure.holds]}".replace(" :", ":")
