"""Commands of other packages."""

from importlib.metadata import EntryPoint

import pytest
import typer
from typer.testing import CliRunner

from harmonic_client.cli import plugins

SAMPLE = """
import typer
group = typer.Typer()
@group.command()
def upgrade() -> None:
    typer.echo("upgraded")
def serve(port: int = 1) -> None:
    typer.echo(f"serving at {port}")
"""


@pytest.fixture
def app(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """A command line with the plugins of a package that offers `serve` and `db`, and one that is broken."""
    from pathlib import Path

    (Path(str(tmp_path)) / "sample_plugin.py").write_text(SAMPLE)
    monkeypatch.syspath_prepend(str(tmp_path))
    entries = [
        EntryPoint("serve", "sample_plugin:serve", plugins.GROUP),
        EntryPoint("db", "sample_plugin:group", plugins.GROUP),
        EntryPoint("broken", "no_such_module:command", plugins.GROUP),
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries)
    made = typer.Typer()
    plugins.mount(made)
    return made


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["serve", "--port", "7"], 0, "serving at 7"),
        (["db", "upgrade"], 0, "upgraded"),
        (["cleanup", "--data", "x"], 2, "pip install harmonic-standalone"),
        (["broken"], 2, "no_such_module"),
    ],
)
def test_each_command_runs_or_says_why_not(app: typer.Typer, arguments: list[str], code: int, words: str) -> None:
    """A function is a command, a typer app a group; what is not installed or broken is refused in clear words."""
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == code, ran.output
    assert words in ran.output
