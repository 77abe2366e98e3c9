"""The commands. What is imported here is light: HTTP and tables are loaded by the commands that need them."""

import typer

from harmonic_client.cli import account, catalogue, events, play, plugins, renderings, sounds, universes, work

app = typer.Typer(
    name="harmonic",
    help="Turn universes into music. Exit codes: 0 done, 1 an operation failed, 2 wrong usage, 3 not signed in, "
    "4 not found or refused, 5 the platform does not answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("login")(account.login)
app.command("register")(account.register)
app.command("logout")(account.logout)
app.command("whoami")(account.whoami)
app.add_typer(universes.universes, name="universes")
app.command("presets")(universes.presets)
app.command("play")(play.play)
app.command("watch")(work.watch)
app.command("cancel")(work.cancel)
app.command("export")(work.export)
app.command("suggest")(work.suggest)
app.add_typer(renderings.renderings, name="renderings")
app.add_typer(sounds.analyses, name="analyses")
app.command("convert")(sounds.convert)
app.add_typer(catalogue.scores, name="scores")
app.command("instruments")(catalogue.instruments)
app.command("styles")(catalogue.styles)
app.add_typer(events.events, name="events")
plugins.mount(app)
