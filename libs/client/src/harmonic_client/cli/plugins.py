"""Commands of other packages: `serve`, `db` and `cleanup` come with the embedded platform, where it is installed.

A package offers a command by an entry point of the group ``harmonic.commands``: a function for one command, a typer app
for a group of them.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import typer

from harmonic_client.cli import exits

GROUP = "harmonic.commands"
EXPECTED = {
    "serve": "Run the whole platform in this process.",
    "db": "Upgrade, downgrade and verify the databases of the embedded platform.",
    "cleanup": "Remove what nobody needs any more.",
}
ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def mount(app: typer.Typer) -> None:
    """Add the commands of every installed package, and a clear refusal for those whose package is missing."""
    found = {each.name: each for each in entry_points(group=GROUP)}
    for name in sorted({*EXPECTED, *found}):
        if name in found:
            _add(app, name, found[name])
        else:
            reason = f"`harmonic {name}` comes with the embedded platform: pip install harmonic-standalone"
            _refuse(app, name, reason)


def _add(app: typer.Typer, name: str, entry: EntryPoint) -> None:
    try:
        command: Any = entry.load()
    except Exception as error:  # a broken plugin must not take the other commands with it
        _refuse(app, name, f"`harmonic {name}` cannot be loaded from {entry.value}: {error}")
        return
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)


def _refuse(app: typer.Typer, name: str, reason: str) -> None:
    def refuse() -> NoReturn:
        typer.echo(reason, err=True)
        raise typer.Exit(exits.USAGE)

    app.command(name, help=EXPECTED.get(name), context_settings=ANYTHING)(refuse)
