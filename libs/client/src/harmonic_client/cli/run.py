"""How every command runs: options that all share, one client, errors as words and exit codes."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli import exits

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic

Gateway = Annotated[
    str, typer.Option("--gateway", envvar="HARMONIC_GATEWAY", help="URL of the platform.", show_default=True)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
LOCAL = "http://127.0.0.1:8000"
API_KEY_VARIABLE = "HARMONIC_API_KEY"

Work = Callable[["Harmonic"], Awaitable[None]]


def run(gateway: str, as_json: bool, work: Work) -> None:
    """Do the work with a client and end with the right exit code."""
    if not gateway.startswith(("http://", "https://")):
        typer.echo(f"--gateway must be a URL such as {LOCAL}, not {gateway!r}", err=True)
        raise typer.Exit(exits.USAGE)
    from harmonic_client.errors import HarmonicError

    try:
        asyncio.run(_with_client(gateway, work))
    except HarmonicError as error:
        typer.echo(exits.as_json(error) if as_json else str(error), err=True)
        raise typer.Exit(exits.code_of(error)) from None
    except KeyboardInterrupt:
        raise typer.Exit(exits.INTERRUPTED) from None


async def _with_client(gateway: str, work: Work) -> None:
    from harmonic_client.client import Harmonic

    async with Harmonic(gateway, api_key=os.environ.get(API_KEY_VARIABLE) or None) as harmonic:
        await work(harmonic)
