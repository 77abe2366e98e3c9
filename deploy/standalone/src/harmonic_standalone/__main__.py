"""`python -m harmonic_standalone`: serve without the `harmonic` command line, as process supervisors like it."""

import typer

from harmonic_standalone.commands import serve

typer.run(serve)
