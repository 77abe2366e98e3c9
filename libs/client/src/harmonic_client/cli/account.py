"""`harmonic register`, `login`, `logout`, `whoami`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli import exits, output
from harmonic_client.cli.run import LOCAL, Gateway, Json, run

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic
    from harmonic_client.credentials import Credentials

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Your e-mail address.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
PASSWORD_VARIABLE = "HARMONIC_PASSWORD"  # noqa: S105 the name of a variable


def register(
    email: Email,
    name: Annotated[str | None, typer.Option(help="How to address you.")] = None,
    password_stdin: FromStdin = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Make an account and sign in. The password is asked for, or read from HARMONIC_PASSWORD."""
    secret = _password(password_stdin, twice=True)

    async def work(harmonic: "Harmonic") -> None:
        _welcome(await harmonic.auth.register(email, secret, name), harmonic.gateway, as_json)

    run(gateway, as_json, work)


def login(email: Email, password_stdin: FromStdin = False, gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """Sign in. The password is asked for, or read from HARMONIC_PASSWORD."""
    secret = _password(password_stdin, twice=False)

    async def work(harmonic: "Harmonic") -> None:
        _welcome(await harmonic.auth.login(email, secret), harmonic.gateway, as_json)

    run(gateway, as_json, work)


def logout(gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """End the session and forget it."""

    async def work(harmonic: "Harmonic") -> None:
        ended = await harmonic.auth.logout()
        if as_json:
            output.emit({"signed_out": ended})
        else:
            typer.echo("Signed out." if ended else "Nobody was signed in.")

    run(gateway, as_json, work)


def whoami(gateway: Gateway = LOCAL, as_json: Json = False) -> None:
    """Show who is signed in."""

    async def work(harmonic: "Harmonic") -> None:
        me = await harmonic.auth.me()
        if as_json:
            output.emit(me)
        else:
            output.facts("", {"name": me.name, "e-mail": me.email, "user": me.user_id, "at": harmonic.gateway})

    run(gateway, as_json, work)


def _welcome(credentials: "Credentials", gateway: str, as_json: bool) -> None:
    if as_json:
        output.emit({"user_id": credentials.user_id, "organization_id": credentials.organization_id})
    else:
        typer.echo(f"Signed in at {gateway}.")


def _password(from_stdin: bool, *, twice: bool) -> str:
    import os

    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if given := os.environ.get(PASSWORD_VARIABLE):
        return given
    if not sys.stdin.isatty():
        typer.echo(f"No terminal to ask for the password: use --password-stdin or {PASSWORD_VARIABLE}.", err=True)
        raise typer.Exit(exits.USAGE)
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=twice))
