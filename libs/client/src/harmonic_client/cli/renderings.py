"""`harmonic renderings`: what renderings tell of their notes, and their sound while it is being made."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli import exits, output
from harmonic_client.cli.run import LOCAL, Gateway, Json, run

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic
    from harmonic_client.models import Rendering

renderings = typer.Typer(help="List renderings, hear them early, and read their notes.", no_args_is_help=True)
Which = Annotated[str, typer.Argument(metavar="RENDERING", help="Id of a rendering.")]


@renderings.command("list")
def list_renderings(
    universe: Annotated[str | None, typer.Option(help="Those of this universe alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """List the renderings that you may see, newest first."""

    async def work(harmonic: "Harmonic") -> None:
        found: list[Rendering] = []
        async for each in harmonic.renderings.list(universe):
            found.append(each)
            if len(found) == limit:
                break
        if as_json:
            output.emit([each.model_dump(mode="json") for each in found])
            return
        rows = [(each.rendering_id, each.state, each.notes, each.key, each.duration_s) for each in found]
        output.table("", ("rendering", "state", "notes", "key", "length [s]"), rows)

    run(gateway, as_json, work)


@renderings.command("show")
def show_rendering(rendering_id: Which, gateway: Gateway = LOCAL) -> None:
    """Print a rendering as JSON."""

    async def work(harmonic: "Harmonic") -> None:
        output.emit(await harmonic.renderings.get(rendering_id))

    run(gateway, True, work)


@renderings.command("preview")
def preview_rendering(
    rendering_id: Which,
    out: Annotated[Path, typer.Option(help="The WAV file to write as the sound comes; `-` is standard output.")],
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Hear a rendering while it is being made, before normalisation: its level is not the master's."""
    if as_json and str(out) == "-":
        typer.echo("--json and --out - would share standard output: name a file.", err=True)
        raise typer.Exit(exits.USAGE)

    async def work(harmonic: "Harmonic") -> None:
        size = await _write(harmonic.renderings.preview(rendering_id), out)
        if as_json:
            output.emit({"file": str(out), "size_bytes": size})
        elif str(out) != "-":
            typer.echo(str(out))

    run(gateway, as_json, work)


@renderings.command("notes")
def notes_of_rendering(
    rendering_id: Which,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV: all columns, every number as it is.")] = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Every note with its cause. With --json, a line for each note."""
    if csv and as_json:
        typer.echo("Name --csv or --json, not both.", err=True)
        raise typer.Exit(exits.USAGE)

    async def work(harmonic: "Harmonic") -> None:
        if csv:
            await _write(harmonic.renderings.notes_csv(rendering_id), Path("-"))
            return
        if as_json:
            async for each in harmonic.renderings.notes(rendering_id):
                output.emit(each)
            return
        rows = [
            (n.number, f"{n.onset_s:.3f}", f"{n.note} {n.cents:+.0f}", n.voice, n.cause, ", ".join(n.bodies))
            async for n in harmonic.renderings.notes(rendering_id)
        ]
        output.table("", ("note", "onset [s]", "pitch [cents]", "voice", "cause", "bodies"), rows)

    run(gateway, as_json, work)


@renderings.command("legend")
def legend_of_rendering(rendering_id: Which, gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """What sounds like what."""

    async def work(harmonic: "Harmonic") -> None:
        found = await harmonic.renderings.legend(rendering_id)
        output.emit(found) if as_json else typer.echo("\n".join(found.lines))

    run(gateway, as_json, work)


async def _write(pieces: AsyncIterator[bytes], out: Path) -> int:
    """Write the pieces as they come, so that a player can follow; gives the bytes written."""
    if str(out) == "-":
        return await _pour(pieces, sys.stdout.buffer)
    # Opened once there is something: a refusal leaves what lay there.
    first = await anext(pieces, b"")
    try:
        file = out.open("wb")
    except OSError as error:
        typer.echo(f"{out} cannot be written: {error.strerror or error}", err=True)
        raise typer.Exit(exits.USAGE) from None
    with file:
        file.write(first)
        return len(first) + await _pour(pieces, file)


async def _pour(pieces: AsyncIterator[bytes], file: IO[bytes]) -> int:
    size = 0
    async for piece in pieces:
        file.write(piece)
        file.flush()
        size += len(piece)
    return size
