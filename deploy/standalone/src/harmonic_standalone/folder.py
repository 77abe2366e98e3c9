"""The data folder: one process owns it, and the secrets in it are made once."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harmonic_chassis.main import NAMES

LOCK = "lock"
SECRETS = "secrets.json"


class FolderInUse(RuntimeError):
    """Another process owns the data folder."""


@dataclass(frozen=True)
class HouseSecrets:
    """What the services of one installation share, and each one's own."""

    cursor_secret: str
    key_secret: str
    service_secrets: dict[str, str]


class DataFolder:
    """Where one installation keeps everything: a database a service, artifacts, secrets, a lock."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def database_url(self, service: str) -> str:
        """The URL of a service's own database file."""
        return f"sqlite+aiosqlite:///{self.database(service)}"

    def database(self, service: str) -> Path:
        """A service's own database file."""
        return self.path / service / f"{service}.db"

    def prepare(self) -> None:
        """Make the folders, readable by the owner alone."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in NAMES:
            (self.path / name).mkdir(exist_ok=True, mode=0o700)

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Own the folder for the time of the block. Raises FolderInUse. The lock ends with the process, however that
        ends; readers of the databases need none."""
        self.prepare()
        descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(descriptor, self.path)
            yield
        finally:
            os.close(descriptor)

    def secrets(self) -> HouseSecrets:
        """The secrets of this installation, made at the first call."""
        path = self.path / SECRETS
        if not path.exists():
            _write_once(path, json.dumps(_new_secrets(), indent=2))
        return HouseSecrets(**json.loads(path.read_text()))


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
        raise FolderInUse(
            f"{path} is in use by process {owner}. Stop it, or choose another folder with --data."
        ) from None
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _write_once(path: Path, text: str) -> None:
    """Write beside and move into place: a crash leaves no half of a secret."""
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _new_secrets() -> dict[str, object]:
    return {
        "cursor_secret": secrets.token_hex(32),
        "key_secret": secrets.token_hex(32),
        "service_secrets": {name: secrets.token_hex(32) for name in NAMES},
    }
