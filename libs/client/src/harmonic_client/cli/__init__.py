"""The ``harmonic`` command."""


def main() -> None:
    """Run the command line."""
    from harmonic_client.cli.app import app

    app()
