"""The platform as it is deployed: each service's `serve` and `work` a process, on PostgreSQL and RabbitMQ."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from harmonic_chassis.main import NAMES
from harmonic_chassis.testing.servers import free_port
from harmonic_standalone.testing.processes import CHEAP, NotReady, Platform, Program


def worker_of(service: str) -> str:
    """Name of a service's worker process; the serving process has the service's own name."""
    return f"{service}-worker"


class DistributedPlatform(Platform):
    """Twelve processes. `new_database` gives the URL of a fresh database at each call."""

    def __init__(
        self, folder: Path, new_database: Callable[[], str], amqp_url: str, settings: dict[str, str] | None = None
    ) -> None:
        super().__init__(folder)
        self._migrated = False
        self.migrate_with: dict[str, str] = {}
        """Environment of the migrations beside that of each service."""
        ports = {name: free_port() for name in NAMES}
        self.url = f"http://127.0.0.1:{ports['gateway']}"
        self.databases = {name: new_database() for name in NAMES}
        own = {name: secrets.token_urlsafe(24) for name in NAMES}
        shared = {
            "HARMONIC_AMQP_URL": amqp_url,
            "HARMONIC_CURSOR_SECRET": secrets.token_urlsafe(24),
            "HARMONIC_KEY_SECRET": secrets.token_urlsafe(24),
            "HARMONIC_SERVICE_SECRETS": json.dumps(own),
            "HARMONIC_PEERS": json.dumps({name: f"http://127.0.0.1:{port}" for name, port in ports.items()}),
            "HARMONIC_DATA_DIR": str(folder / "data"),
            "HARMONIC_WORKER_SLOTS": "1",
            "HARMONIC_DATABASE_CONNECTIONS": "5",
            **CHEAP,
            **(settings or {}),
        }
        for name, port in ports.items():
            environment = {
                **shared,
                "HARMONIC_DATABASE_URL": self.databases[name],
                "HARMONIC_SERVICE_SECRET": own[name],
                "HARMONIC_PORT": str(port),
            }
            run = ("-m", "harmonic_chassis")
            self.programs[name] = Program((*run, "serve", name), environment, f"http://127.0.0.1:{port}/readyz")
            self.programs[worker_of(name)] = Program((*run, "work", name), environment)

    def migrate(self) -> None:
        """Bring every database to the newest version: the one-shot job of each service, all at once."""
        jobs = {name: self._migration(name) for name in NAMES}
        failed = [name for name, job in jobs.items() if job.wait() != 0]
        if failed:
            raise NotReady(f"not migrated: {', '.join(failed)}\n{self.logs()[-3000:]}")

    def start(self) -> None:
        if not self._migrated:
            self.migrate()
            self._migrated = True
        super().start()

    def _migration(self, name: str) -> "subprocess.Popen[bytes]":
        with self.log(f"{name}-migrate").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  (our own interpreter)
                [sys.executable, "-m", "harmonic_chassis", "migrate", name],
                env={**os.environ, **self.programs[name].environment, **self.migrate_with},
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
