"""The embedded platform as one process."""

from pathlib import Path

from harmonic_chassis.main import NAMES
from harmonic_chassis.testing.servers import free_port
from harmonic_standalone.folder import DataFolder
from harmonic_standalone.testing.processes import CHEAP, Platform, Program

PLATFORM = "platform"
"""Name of the one process."""
LOG = ("--log-level", "info", "--log-format", "json")


class EmbeddedPlatform(Platform):
    """`harmonic serve` on a free port, with its data in a folder."""

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        port = free_port()
        super().__init__(folder, f"http://127.0.0.1:{port}")
        self.data = DataFolder(folder / "data")
        arguments = ("-m", "harmonic_client", "serve", "--data", str(self.data.path), "--port", str(port), *LOG)
        self.programs[PLATFORM] = Program(arguments, {**CHEAP, **(settings or {})}, f"{self.url}/readyz")
        self.databases = {name: self.data.database_url(name) for name in NAMES}
