"""`harmonic play`: the main job in one command, from a preset or a file to a folder of music."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli.run import LOCAL, Gateway, Json, run
from harmonic_client.cli.universes import source_of

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic

OUT = Path("out")
Formats = Annotated[
    list[str] | None,
    typer.Option("--format", help="Only this format; may be given again: wav, flac, midi, score, ... Default: all."),
]


def play(
    source: Annotated[str, typer.Argument(metavar="PRESET|FILE", help="A preset, or a JSON file with a universe.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the files.  [default: out/NAME]")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all that is left to chance.")] = None,
    formats: Formats = None,
    name: Annotated[str | None, typer.Option(help="Name of the universe.")] = None,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Make a universe, perform it, watch it become music, and download the result."""
    document = source_of(source, name)
    folder = out or OUT / Path(source).stem

    async def work(harmonic: "Harmonic") -> None:
        from harmonic_client.cli.bars import Bars
        from harmonic_client.cli.follow import fetch, follow, report

        universe = await harmonic.universes.create(document)
        begun = await harmonic.performances.create(universe.universe_id, seed=seed, formats=formats)
        with Bars(quiet=as_json) as bars:
            ended = await follow(harmonic, begun.operation_id, bars)
            paths = await fetch(harmonic, ended, folder, bars)
        report(ended, paths, as_json)

    run(gateway, as_json, work)
