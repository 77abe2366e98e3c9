"""`harmonic universes` and `harmonic presets`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonic_client.cli import documents, output
from harmonic_client.cli.run import LOCAL, Gateway, Json, run

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic
    from harmonic_client.models import Universe

universes = typer.Typer(help="List, show, make and delete universes.", no_args_is_help=True)
Which = Annotated[str, typer.Argument(metavar="UNIVERSE", help="Id of a universe.")]


@universes.command("list")
def list_universes(
    search: Annotated[str | None, typer.Option(help="Only those with these words.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """List the universes that you may see, newest first."""

    async def work(harmonic: "Harmonic") -> None:
        found: list[Universe] = []
        async for each in harmonic.universes.list(search):
            found.append(each)
            if len(found) == limit:
                break
        if as_json:
            output.emit([each.model_dump(mode="json") for each in found])
        else:
            rows = [(each.universe_id, each.name, each.revision, each.visibility) for each in found]
            output.table("", ("universe", "name", "revision", "visibility"), rows)

    run(gateway, as_json, work)


@universes.command("show")
def show_universe(universe_id: Which, gateway: Gateway = LOCAL) -> None:
    """Print a universe as JSON."""

    async def work(harmonic: "Harmonic") -> None:
        output.emit(await harmonic.universes.get(universe_id))

    run(gateway, True, work)


@universes.command("create")
def create_universe(
    source: Annotated[str, typer.Argument(metavar="PRESET|FILE", help="A preset, or a JSON file with a universe.")],
    name: Annotated[str | None, typer.Option(help="Its name, in place of the one that it has.")] = None,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Make a universe of a preset or of a file."""
    document = source_of(source, name)

    async def work(harmonic: "Harmonic") -> None:
        made = await harmonic.universes.create(document)
        if as_json:
            output.emit(made)
        else:
            typer.echo(f"{made.name}: {made.universe_id}")

    run(gateway, as_json, work)


@universes.command("delete")
def delete_universe(
    universe_id: Which,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Delete a universe with all that was made of it."""
    if not yes:
        typer.confirm(f"Delete the universe {universe_id} with all that was made of it?", abort=True)

    async def work(harmonic: "Harmonic") -> None:
        await harmonic.universes.delete(universe_id)
        if as_json:
            output.emit({"deleted": universe_id})
        else:
            typer.echo("Deleted.")

    run(gateway, as_json, work)


def presets(gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """List the presets: universes ready to be made."""

    async def work(harmonic: "Harmonic") -> None:
        found = await harmonic.presets.list()
        if as_json:
            output.emit([each.model_dump(mode="json") for each in found])
        else:
            rows = [(each.name, each.system, each.title or each.description) for each in found]
            output.table("", ("preset", "system", "what it is"), rows)

    run(gateway, as_json, work)


def source_of(source: str, name: str | None) -> dict[str, Any]:
    """The document to make a universe of: that of a file, or one that names a preset."""
    if documents.looks_like_file(source):
        from pathlib import Path

        document = documents.read(Path(source))
    else:
        document = {"preset": source}
    return document | ({"name": name} if name else {})
