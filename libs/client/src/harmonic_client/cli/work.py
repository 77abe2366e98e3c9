"""`harmonic watch`, `cancel`, `export` and `suggest`: work that is under way, and more of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli import output
from harmonic_client.cli.play import Formats
from harmonic_client.cli.run import LOCAL, Gateway, Json, run

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic

Operation = Annotated[str, typer.Argument(metavar="OPERATION", help="Id of an operation.")]


def watch(
    operation_id: Operation,
    out: Annotated[Path | None, typer.Option(help="Download its files into this folder.")] = None,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Follow an operation to its end. With --json, a line for each move."""

    async def work(harmonic: "Harmonic") -> None:
        from harmonic_client.cli.bars import Bars
        from harmonic_client.cli.follow import fetch, follow, report

        with Bars(quiet=as_json) as bars:
            ended = await follow(harmonic, operation_id, bars, lines=as_json)
            paths = await fetch(harmonic, ended, out, bars) if out else []
        report(ended, paths, as_json, lines=True)

    run(gateway, as_json, work)


def cancel(operation_id: Operation, gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """End an operation."""

    async def work(harmonic: "Harmonic") -> None:
        await harmonic.operations.cancel(operation_id)
        if as_json:
            output.emit({"operation_id": operation_id})
        else:
            typer.echo("The operation was told to end.")

    run(gateway, as_json, work)


def export(
    performance_id: Annotated[str, typer.Argument(metavar="PERFORMANCE", help="Id of a finished performance.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the files.  [default: out/PERFORMANCE]")] = None,
    formats: Formats = None,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Package a finished performance again, in the formats that you name, and download the files."""
    folder = out or Path("out") / performance_id

    async def work(harmonic: "Harmonic") -> None:
        from harmonic_client.cli.bars import Bars
        from harmonic_client.cli.follow import fetch, follow, report
        from harmonic_client.errors import OperationFailed

        performance = await harmonic.performances.get(performance_id)
        if performance.rendering_id is None:
            raise OperationFailed(await harmonic.operations.get(performance.operation_id))
        begun = await harmonic.exports.create(performance.rendering_id, formats=formats)
        with Bars(quiet=as_json) as bars:
            ended = await follow(harmonic, begun.operation_id, bars)
            paths = await fetch(harmonic, ended, folder, bars)
        report(ended, paths, as_json)

    run(gateway, as_json, work)


def suggest(
    universe_id: Annotated[str, typer.Argument(metavar="UNIVERSE", help="Id of a universe.")],
    goal: Annotated[str, typer.Argument(metavar="GOAL", help="calmer, more_energetic or more_consonant.")],
    apply: Annotated[bool, typer.Option("--apply", help="Apply what was found.")] = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Search for a change that makes a universe calmer, more energetic or more consonant."""

    async def work(harmonic: "Harmonic") -> None:
        from harmonic_client.cli.bars import Bars
        from harmonic_client.cli.follow import follow

        begun = await harmonic.suggestions.create(universe_id, goal)
        with Bars(quiet=as_json) as bars:
            await follow(harmonic, begun.operation_id, bars)
        found = await (harmonic.suggestions.apply if apply else harmonic.suggestions.get)(begun.suggestion_id)
        output.emit(found)

    run(gateway, as_json, work)
