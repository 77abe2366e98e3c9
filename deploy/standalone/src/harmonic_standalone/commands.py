"""The commands that the embedded platform adds to `harmonic`: serve, db, cleanup. Loads next to nothing by itself."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[Path, typer.Option("--data", help="Folder of all that is kept.", envvar="HARMONIC_DATA")]
Only = Annotated[str | None, typer.Argument(help="One service; without it, all.")]
DEFAULT = Path("var/harmonic")

db = typer.Typer(
    help="Databases of the embedded platform: upgrade, downgrade, verify, drift, rebuild.", no_args_is_help=True
)


def serve(
    data: Data = DEFAULT,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    log_level: Annotated[str, typer.Option(help="Lowest level logged: debug, info, warning, error.")] = "warning",
    log_format: Annotated[str, typer.Option(help="json or console.")] = "console",
) -> None:
    """Run the whole platform in this process, until Ctrl-C."""
    from harmonic_chassis import threads

    threads.pin()
    from harmonic_chassis import garbage

    garbage.rest()
    import uvloop

    from harmonic_chassis import telemetry
    from harmonic_standalone.folder import DataFolder, FolderInUse
    from harmonic_standalone.server import serve as run

    telemetry.configure(log_level, log_format)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(DataFolder(data), host, port, _ready))
    except FolderInUse as error:
        _fail(error)
    except OSError as error:
        _fail(f"{host}:{port} cannot be listened on: {error.strerror}. Choose another with --port.")


def cleanup(data: Data = DEFAULT) -> None:
    """Remove what nobody needs any more: unpinned artifacts, expired tokens, old idempotency rows."""
    from harmonic_standalone import care

    for name, counts in _run(care.cleanup, data).items():
        typer.echo(f"{name}: " + (", ".join(f"{count} {what}" for what, count in counts.items() if count) or "clean"))


@db.command()
def upgrade(service: Only = None, data: Data = DEFAULT, revision: str = "head") -> None:
    """Bring databases up to a version."""
    from harmonic_standalone import care

    for name, version in _run(care.upgrade, data, service, revision).items():
        typer.echo(f"{name}: at {version}")


@db.command()
def downgrade(service: str, data: Data = DEFAULT, revision: str = "base") -> None:
    """Bring one database down to a version. What the version does not know is lost."""
    from harmonic_standalone import care

    for name, version in _run(care.downgrade, data, service, revision).items():
        typer.echo(f"{name}: at {version}")


@db.command()
def verify(service: Only = None, data: Data = DEFAULT) -> None:
    """Fail unless every database is at the version that the code needs."""
    from harmonic_standalone import care

    problems = _run(care.verify, data, service)
    _report(problems, "at the newest version")


@db.command()
def drift(service: Only = None, data: Data = DEFAULT) -> None:
    """Fail if a database differs from the models of the code."""
    from harmonic_standalone import care

    problems = _run(care.drift, data, service)
    _report(problems, "as the code has it")


@db.command()
def rebuild(service: Only = None, data: Data = DEFAULT) -> None:
    """Make what services know of each other anew, from the event logs alone."""
    from harmonic_standalone import care

    for name, rows in _run(care.rebuild, data, service).items():
        typer.echo(f"{name}: " + (", ".join(f"{count} {table}" for table, count in rows.items()) or "no projections"))


def _run(work: Any, data: Path, *arguments: Any) -> Any:
    from harmonic_chassis.rebuild import CannotRebuild
    from harmonic_standalone.care import UnknownService
    from harmonic_standalone.folder import DataFolder, FolderInUse

    try:
        return asyncio.run(work(DataFolder(data), *arguments))
    except (CannotRebuild, FolderInUse, UnknownService) as error:
        return _fail(error)


def _report(problems: dict[str, list[str]], well: str) -> None:
    for name, found in problems.items():
        for line in found or [well]:
            typer.echo(f"{name}: {line}")
    if any(problems.values()):
        raise typer.Exit(1)


def _ready(url: str) -> None:
    typer.echo(f"Harmonic Universe listens at {url}/")
    typer.echo(f"API documentation:       {url}/docs")
    sys.stdout.flush()


def _fail(reason: object) -> None:
    typer.echo(str(reason), err=True)
    raise typer.Exit(1)
