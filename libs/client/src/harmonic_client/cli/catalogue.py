"""`harmonic scores`, `instruments` and `styles`: MIDI files in, and what a soundscape may name."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli import exits, output
from harmonic_client.cli.run import LOCAL, Gateway, Json, run

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic

scores = typer.Typer(help="Scores of MIDI files.", no_args_is_help=True)


@scores.callback()
def _group() -> None:
    """Scores of MIDI files."""


@scores.command("import")
def import_score(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Standard MIDI File of format 0 or 1.")],
    out: Annotated[Path | None, typer.Option(help="The file to write.  [default: standard output]")] = None,
    reference: Annotated[float | None, typer.Option(help="Frequency of A4 in Hz.  [default: 440]")] = None,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Turn a MIDI file into a score: notes, controls, tempo map, keys and markers, as JSON."""

    async def work(harmonic: "Harmonic") -> None:
        score = await harmonic.scores.of_midi(file, reference_hz=reference)
        if out is None:
            output.emit(score)
            return
        try:
            out.write_text(json.dumps(score) + "\n", encoding="utf-8")
        except OSError as error:
            typer.echo(f"{out} cannot be written: {error.strerror or error}", err=True)
            raise typer.Exit(exits.USAGE) from None
        output.emit({"file": str(out), "notes": len(score["notes"])}) if as_json else typer.echo(str(out))

    run(gateway, as_json, work)


def instruments(gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """List the instruments that a soundscape may name; with --json with their models and fields."""

    async def work(harmonic: "Harmonic") -> None:
        found = await harmonic.catalogue.instruments()
        if as_json:
            output.emit([each.model_dump(mode="json") for each in found])
        else:
            rows = [(each.name, each.family, each.description) for each in found]
            output.table("", ("instrument", "family", "what it is"), rows)

    run(gateway, as_json, work)


def styles(gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """List styles and moods; with --json with the fields that they set."""

    async def work(harmonic: "Harmonic") -> None:
        found = await harmonic.catalogue.styles()
        if as_json:
            output.emit([each.model_dump(mode="json") for each in found])
        else:
            rows = [(each.name, each.kind, each.description) for each in found]
            output.table("", ("name", "kind", "what it is"), rows)

    run(gateway, as_json, work)
