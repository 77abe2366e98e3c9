"""The embedded platform as one process."""

from pathlib import Path

from harmonic_chassis.testing.servers import free_port
from harmonic_standalone.testing.processes import Platform, Program

PLATFORM = "platform"
"""Name of the one process."""


class EmbeddedPlatform(Platform):
    """`harmonic serve` on a free port, with its data in a folder."""

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        port = free_port()
        super().__init__(folder, f"http://127.0.0.1:{port}")
        arguments = ("-m", "harmonic_client", "serve", "--data", str(folder / "data"), "--port", str(port))
        self.programs[PLATFORM] = Program(arguments, settings or {}, f"{self.url}/readyz")
