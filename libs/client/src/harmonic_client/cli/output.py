"""What is printed: tables for people on a terminal, JSON for machines."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer


def emit(document: Any) -> None:
    """One JSON document on one line of standard output."""
    typer.echo(json.dumps(document, default=_plain))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on standard output."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title or None, title_justify="left", show_edge=False, pad_edge=False, show_header=any(columns))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*("" if value is None else str(value) for value in row))
    Console().print(shown)


def facts(title: str, values: Mapping[str, object]) -> None:
    """Names and values, one a line."""
    table(title, ("", ""), list(values.items()))


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)
