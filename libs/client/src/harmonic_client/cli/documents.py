"""Universes written in files."""

import json
from pathlib import Path
from typing import Any

import typer

from harmonic_client.cli import exits


def looks_like_file(text: str) -> bool:
    """Whether somebody means a file, not the name of a preset."""
    return text.endswith(".json") or "/" in text or Path(text).is_file()


def read(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Ends the command with a clear word when there is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _wrong(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(f"{path} cannot be read: {error}") from None
    except json.JSONDecodeError as error:
        raise _wrong(f"{path} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    if not isinstance(document, dict):
        raise _wrong(f"{path} must hold a JSON object: the document of a universe.")
    return document


def _wrong(reason: str) -> typer.Exit:
    typer.echo(reason, err=True)
    return typer.Exit(exits.USAGE)
