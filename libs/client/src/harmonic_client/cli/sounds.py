"""`harmonic analyses` and `harmonic convert`: what a sound measures, and a sound in another format."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli import exits, output
from harmonic_client.cli.run import LOCAL, Gateway, Json, run

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic
    from harmonic_client.models import Analysis

analyses = typer.Typer(help="Analyse sounds: loudness, pitch, onsets, tempo, key, spectrum.", no_args_is_help=True)
Which = Annotated[str, typer.Argument(metavar="ANALYSIS", help="Id of an analysis.")]
Sound = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A WAV, FLAC, OGG or MP3 file.")]
OfRendering = Annotated[
    str | None, typer.Option("--rendering", help="The master of this rendering, instead of a file.")
]


@analyses.command("create")
def create_analysis(
    file: Sound = None, rendering: OfRendering = None, gateway: Gateway = LOCAL, as_json: Json = False
) -> None:
    """Analyse a sound file, or a rendering's master, and show what it measures."""
    _one_of(file, rendering)

    async def work(harmonic: "Harmonic") -> None:
        from harmonic_client.cli.bars import Bars
        from harmonic_client.cli.follow import follow

        begun = await harmonic.analyses.create(file, rendering_id=rendering)
        with Bars(quiet=as_json) as bars:
            await follow(harmonic, begun.operation_id, bars)
        _show(await harmonic.analyses.get(begun.analysis_id), as_json)

    run(gateway, as_json, work)


@analyses.command("list")
def list_analyses(
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """List the analyses that you may see, newest first."""

    async def work(harmonic: "Harmonic") -> None:
        found: list[Analysis] = []
        async for each in harmonic.analyses.list():
            found.append(each)
            if len(found) == limit:
                break
        if as_json:
            output.emit([each.model_dump(mode="json") for each in found])
            return
        rows = [(each.analysis_id, each.state, each.rendering_id or "a file") for each in found]
        output.table("", ("analysis", "state", "of"), rows)

    run(gateway, as_json, work)


@analyses.command("show")
def show_analysis(analysis_id: Which, gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """Show what a sound measures."""

    async def work(harmonic: "Harmonic") -> None:
        _show(await harmonic.analyses.get(analysis_id), as_json)

    run(gateway, as_json, work)


@analyses.command("report")
def report_analysis(analysis_id: Which, gateway: Gateway = LOCAL) -> None:
    """Print pitch, onsets, tempo, key, spectral shape and bands as JSON."""

    async def work(harmonic: "Harmonic") -> None:
        output.emit(await harmonic.analyses.report(analysis_id))

    run(gateway, True, work)


@analyses.command("delete")
def delete_analysis(analysis_id: Which, gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """Take an analysis away with its sound; one under way is cancelled."""

    async def work(harmonic: "Harmonic") -> None:
        await harmonic.analyses.delete(analysis_id)
        output.emit({"deleted": analysis_id}) if as_json else typer.echo("Deleted.")

    run(gateway, as_json, work)


def convert(
    to: Annotated[str, typer.Option(help="wav16, wav24, wav_float, flac (24 bit), ogg (Vorbis) or mp3.")],
    file: Sound = None,
    rendering: OfRendering = None,
    rate: Annotated[int | None, typer.Option(help="Sample rate in Hz.  [default: the source's]")] = None,
    channels: Annotated[int | None, typer.Option(min=1, max=2, help="1 or 2.  [default: the source's]")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write.  [default: here, as the platform names it]")
    ] = None,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Convert a sound file, or a rendering's master, and download the result."""
    _one_of(file, rendering)

    async def work(harmonic: "Harmonic") -> None:
        from harmonic_client.cli.bars import Bars
        from harmonic_client.cli.follow import fetch, follow, report
        from harmonic_client.models import files_of

        begun = await harmonic.conversions.create(
            file, to=to, sample_rate_hz=rate, channels=channels, rendering_id=rendering
        )
        with Bars(quiet=as_json) as bars:
            ended = await follow(harmonic, begun.operation_id, bars)
            if out is None:
                paths = await fetch(harmonic, ended, Path(), bars)
            else:
                (made,) = files_of(ended)
                paths = [await harmonic.artifacts.download(made.artifact, out, bars.download)]
        report(ended, paths, as_json)

    run(gateway, as_json, work)


def _one_of(file: Path | None, rendering: str | None) -> None:
    if (file is None) == (rendering is None):
        typer.echo("Name a file, or a rendering by --rendering: one of them.", err=True)
        raise typer.Exit(exits.USAGE)


def _show(found: "Analysis", as_json: bool) -> None:
    if as_json:
        output.emit(found)
    else:
        output.facts("", {"analysis": found.analysis_id, "state": found.state, **(found.measures or {})})
